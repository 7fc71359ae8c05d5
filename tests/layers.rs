//! The order of the modules and the bounds of their files, read from the sources.
// A test fails by a panic, also in what it calls.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer uses those after it only.
const ORDER: [&str; 6] = ["main", "cli", "commands", "engine", "net", "sys"];
/// Whom a leaf may use; anyone may use the leaves.
const LEAVES: [(&str, &[&str]); 2] = [("report", &["outcome"]), ("outcome", &[])];
/// The longest file.
const LINES: usize = 400;

/// A source file by its path within src/.
struct Source {
    name: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut waiting: Vec<PathBuf> = vec![root.clone()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            sources.push(Source { name, text: fs::read_to_string(&path).unwrap() });
        }
    }
    sources.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(sources.len() > 10, "the sources are not where they were");
    sources
}

impl Source {
    /// The layer or leaf that the file belongs to; `None` for the root of the library.
    fn module(&self) -> Option<&str> {
        let first = self.name.split(['/', '.']).next().unwrap();
        (first != "lib").then_some(first)
    }

    /// How many modules deep the file is.
    fn depth(&self) -> usize {
        self.name.split('/').filter(|part| *part != "mod.rs").count()
    }

    /// The file without comments and the contents of strings.
    fn code(&self) -> String {
        code_of(&self.text)
    }
}

/// Blanks comments, and what is between quotes, so that only code is left; lines stay lines.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => {
                while letters.next_if(|next| *next != '\n').is_some() {}
            }
            '"' => {
                while let Some(inner) = letters.next() {
                    match inner {
                        // A line may be continued.
                        '\\' if letters.peek() == Some(&'\n') => {}
                        '\\' => drop(letters.next()),
                        '"' => break,
                        '\n' => code.push('\n'),
                        _ => {}
                    }
                }
            }
            // A quote as a character; a lifetime has no closing one.
            '\'' if letters.peek() == Some(&'"') => drop(letters.next()),
            other => code.push(other),
        }
    }
    code
}

/// The modules at the root of the crate that the code names: by `crate::`, by `skat::` in main,
/// or by as many `super::` as the file is deep.
fn used(code: &str, depth: usize) -> Vec<String> {
    let mut used = named(code, &["crate::", "skat::", &"super::".repeat(depth)]);
    used.retain(|name| is_known(name));
    used
}

/// What the code names right after one of these paths.
fn named(code: &str, paths: &[&str]) -> Vec<String> {
    let mut named = Vec::new();
    for path in paths.iter().filter(|path| !path.is_empty()) {
        for (at, _) in code.match_indices(path) {
            let rest = &code[at + path.len()..];
            match rest.strip_prefix('{') {
                // `use crate::{a, b::C};`
                Some(list) => named.extend(top_level(list).iter().map(|part| first_word(part))),
                None => named.push(first_word(rest)),
            }
        }
    }
    named
}

/// The modules of a layer, each with those of the same layer that its files name.
fn users_in(layer: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let Some(rest) = source.name.strip_prefix(&format!("{layer}/")) else { continue };
        let module = first_word(rest);
        let above = "super::".repeat(source.depth() - 1);
        let named = named(&source.code(), &[&format!("crate::{layer}::"), &above]);
        users.entry(module).or_default().extend(named);
    }
    let modules: BTreeSet<String> = users.keys().cloned().collect();
    for (user, named) in &mut users {
        named.retain(|module| modules.contains(module) && module != user);
    }
    users
}

fn is_known(name: &str) -> bool {
    ORDER.contains(&name) || LEAVES.iter().any(|(leaf, _)| *leaf == name)
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The parts of a list up to its closing brace, not those of lists within.
fn top_level(list: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in list.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(letter),
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// True if `user` may use `module`.
fn may_use(user: &str, module: &str) -> bool {
    if user == module {
        return true;
    }
    if let Some((_, allowed)) = LEAVES.iter().find(|(leaf, _)| *leaf == user) {
        return allowed.contains(&module);
    }
    let place = |name: &str| ORDER.iter().position(|layer| *layer == name);
    LEAVES.iter().any(|(leaf, _)| *leaf == module)
        || place(module).is_some_and(|lower| place(user).is_some_and(|upper| upper < lower))
}

#[test]
fn no_module_uses_one_above_it() {
    for source in sources() {
        let Some(user) = source.module() else { continue };
        assert!(is_known(user), "src/{}: its place among the layers is not stated", source.name);
        for module in used(&source.code(), source.depth()) {
            assert!(
                may_use(user, &module),
                "src/{}: '{user}' uses '{module}', which is not below it: {}",
                source.name,
                ORDER.join(" > ")
            );
        }
    }
}

#[test]
fn within_a_layer_no_modules_use_each_other() {
    for layer in ["cli", "commands", "engine", "net", "sys"] {
        let mut users = users_in(layer);
        // Those that use none of the rest go, until none is left.
        while !users.is_empty() {
            let left: BTreeSet<String> = users.keys().cloned().collect();
            users.retain(|_, used| !used.is_disjoint(&left));
            assert!(users.len() < left.len(), "src/{layer}: a circle is among {users:?}");
        }
    }
}

#[test]
fn unsafe_code_is_in_sys_and_explained() {
    for source in sources() {
        let code = source.code();
        let comments: Vec<&str> = source.text.lines().collect();
        for (number, line) in code.lines().enumerate() {
            let words = line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
            if !words.into_iter().any(|word| word == "unsafe") {
                continue;
            }
            let place = format!("src/{}:{}", source.name, number + 1);
            assert!(source.name.starts_with("sys/"), "{place}: unsafe outside src/sys");
            assert!(is_explained(&comments, number), "{place}: unsafe without a SAFETY line");
        }
    }
}

/// True if the comment that ends the lines before `number`, or stands in the same statement's
/// first lines, begins with SAFETY, or is a section of that name.
fn is_explained(lines: &[&str], number: usize) -> bool {
    let above = lines[..number].iter().rev().map(|line| line.trim());
    // A statement may begin a line or two before its `unsafe`.
    let begun = above.clone().take_while(|line| !line.starts_with("//")).count();
    begun <= 2
        && above
            .skip(begun)
            .take_while(|line| line.starts_with("//"))
            .any(|line| line.contains("SAFETY:") || line == "/// # Safety")
}

#[test]
fn files_are_short() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= LINES, "src/{} has {lines} lines: split it", source.name);
    }
}

#[test]
fn what_is_read_from_code_is_what_it_says() {
    let code = "use crate::{cli, net::{sys, x}, outcome as o};\nx(crate::report::h()); crate::x";
    assert_eq!(used(code, 2), ["cli", "net", "outcome", "report"]);
    assert_eq!(used("super::super::cli::x; super::net", 2), ["cli"]);
    assert_eq!(code_of("a // crate::b\n\"crate::\\\"c\" d"), "a \n d");
    assert_eq!(code_of("a \"b \\\n c\" d"), "a \n d");
    assert!(may_use("net", "report") && !may_use("net", "engine") && !may_use("outcome", "net"));
}
