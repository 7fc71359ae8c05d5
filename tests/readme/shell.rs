//! As much of the shell's grammar as examples use: quotes, operators, redirections.

/// The words of every skat command in a line, also in those within `--run`.
pub fn skat_commands(line: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for words in simple_commands(line) {
        // What may stand before the name of a command.
        let is_before = |word: &str| {
            ["!", "if", "while", "until", "then", "do", "{"].contains(&word)
                || word.split_once('=').is_some_and(|(name, _)| name.bytes().all(is_of_name))
        };
        let words: Vec<String> = words.into_iter().skip_while(|word| is_before(word)).collect();
        if words.first().is_some_and(|name| name == "skat" || name == "$SKAT") {
            let inner = words.iter().skip_while(|word| *word != "--run").nth(1);
            let inner = inner.map(|inner| skat_commands(inner)).unwrap_or_default();
            found.push(words);
            found.extend(inner);
        }
    }
    found
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The commands between operators, as words without quotes and redirections.
fn simple_commands(line: &str) -> Vec<Vec<String>> {
    let mut reader = Reader::default();
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let quoted: String = letters.by_ref().take_while(|next| *next != '\'').collect();
                reader.word().push_str(&quoted);
            }
            '"' => {
                while let Some(inner) = letters.next().filter(|inner| *inner != '"') {
                    let escapes = inner == '\\'
                        && letters.peek().is_some_and(|next| "\\\"$`".contains(*next));
                    let inner = if escapes { letters.next().unwrap_or(inner) } else { inner };
                    reader.word().push(inner);
                }
                reader.word();
            }
            '\\' if letters.peek() == Some(&'\n') => {
                letters.next();
            }
            '\\' => reader.word().extend(letters.next()),
            '#' if reader.current.is_none() => break,
            ' ' | '\t' => reader.end_word(),
            '>' | '<' => {
                // `2>` names a descriptor, not a word.
                if reader
                    .current
                    .as_ref()
                    .is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()))
                {
                    reader.current = None;
                }
                reader.end_word();
                while letters.next_if(|next| "<>&".contains(*next)).is_some() {}
                reader.redirects = true;
            }
            '|' | '&' | ';' | '(' | ')' => reader.end_command(),
            other => reader.word().push(other),
        }
    }
    reader.end_command();
    reader.commands
}

#[derive(Default)]
struct Reader {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    current: Option<String>,
    /// The next word is that of a redirection.
    redirects: bool,
}

impl Reader {
    fn word(&mut self) -> &mut String {
        self.current.get_or_insert_default()
    }

    fn end_word(&mut self) {
        if let Some(word) = self.current.take()
            && !std::mem::take(&mut self.redirects)
        {
            self.words.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.redirects = false;
        let words = std::mem::take(&mut self.words);
        if !words.is_empty() {
            self.commands.push(words);
        }
    }
}

#[test]
fn lines_are_read_as_a_shell_reads_them() {
    let read = |line: &str| -> Vec<String> {
        simple_commands(line).iter().map(|words| words.join("_")).collect()
    };
    assert_eq!(read("a 'b c' \"d\\\"e\" f\\ g # h"), ["a_b c_d\"e_f g"]);
    assert_eq!(read("a >b 2>&1 <c d | e && f >>g; h &"), ["a_d", "e", "f", "h"]);
    assert_eq!(read("a '' \"\""), ["a__"]);
    assert_eq!(read("a \\\n  b"), ["a_b"]);
    let found = skat_commands("! X=1 skat a --run 'echo | \"$SKAT\" b' | (skat c)");
    let found: Vec<String> = found.iter().map(|words| words.join(" ")).collect();
    assert_eq!(found, ["skat a --run echo | \"$SKAT\" b", "$SKAT b", "skat c"]);
}
