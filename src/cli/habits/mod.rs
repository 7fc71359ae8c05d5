//! Command lines of other programs, answered with skat's.

mod netcat;
mod order;
mod socat;

use std::ffi::OsString;

use clap::error::ErrorKind;

use super::{Command, groups, wording};
use crate::outcome::{Cause, cause_of};
use crate::report::escape;

/// The programs whose command lines are known.
const PROGRAMS: [&str; 4] = ["nc", "netcat", "ncat", "socat"];

/// What another program's command line asks for.
enum Translation {
    /// The words of a skat command line.
    Words(Vec<String>),
    /// Why there is none.
    Unclear(String),
}

impl From<Result<Vec<String>, String>> for Translation {
    fn from(line: Result<Vec<String>, String>) -> Self {
        line.map_or_else(Translation::Unclear, Translation::Words)
    }
}

/// What to tell of a command line in the manner of another program; `None` if it is not one, and for
/// a slip in the name of a command.
#[must_use]
pub fn hint(arguments: &[OsString], is_slip: bool) -> Option<String> {
    let words: Vec<&str> = arguments.iter().skip(1).map(plain).collect::<Option<_>>()?;
    // Maybe only its name was forgotten to be replaced.
    let program = words.first().filter(|word| PROGRAMS.contains(word)).copied();
    let line = &words[usize::from(program.is_some())..];
    let Some((seen, translation)) = translate(line, program, is_slip) else {
        let unknown = |program| format!("skat has no equivalent of this {program} command line");
        return program.map(|program| format!("{} (see 'skat --help')", unknown(program)));
    };
    let told = match translation {
        Translation::Words(words) => match refusal_of(&words) {
            None => format!("; with skat it is: {}", shown(&words)),
            Some(reason) => {
                let command = &words[1];
                format!(", but skat {command} refuses it: {reason} (see 'skat {command} --help')")
            }
        },
        Translation::Unclear(reason) => format!("; {reason}"),
    };
    Some(format!("{seen}{told}"))
}

/// What is seen in the words, which may have followed the name of a program, and skat's line for it.
fn translate(
    words: &[&str],
    program: Option<&str>,
    is_slip: bool,
) -> Option<(String, Translation)> {
    let named = program.is_some();
    if !named && let Some((seen, words)) = order::arranged(words) {
        let line: Vec<String> = ["skat"].iter().chain(&words).map(|it| (*it).to_owned()).collect();
        let habit = refusal_of(&line).and_then(|_| netcat::translate(&words, named));
        return Some((seen, habit.unwrap_or(Translation::Words(line))));
    }
    if is_slip && !named {
        return None;
    }
    let found = socat::translate(words).map(|translation| ("socat", translation));
    let found = found.or_else(|| match program {
        Some("socat") => None,
        _ => Some(("netcat", netcat::translate(words, named)?)),
    });
    let (program, translation) = found?;
    // Nothing was to be changed in what is written with skat's options.
    if let Translation::Words(line) = &translation
        && !named
        && words[0].starts_with('-')
        && line[2..] == *words
    {
        let seen = "the command is missing".to_owned();
        return (!lacks_an_option(line)).then_some((seen, translation));
    }
    Some((format!("this looks like a {program} command line"), translation))
}

/// A line as a shell takes it.
fn shown(words: &[String]) -> String {
    // Nor does a shell care for these within a word.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%+=:,./_-".contains(&byte);
    let quoted = words.iter().map(|word| match shlex::try_quote(word) {
        Ok(quoted) if word.is_empty() || !word.bytes().all(is_plain) => quoted,
        _ => word.into(),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// A word that can be shown as it is, to be copied.
fn plain(word: &OsString) -> Option<&str> {
    word.to_str().filter(|text| escape(text.replace('\\', "/").as_bytes()).len() == text.len())
}

/// Why skat takes no such line; `None` if it does.
fn refusal_of(words: &[String]) -> Option<String> {
    match Command::parse(words).map(|(command, _)| command.configured()) {
        Err(error) => {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            Some(wording::told(&words, &error))
        }
        Ok(Err(error)) if cause_of(&error) == Cause::Usage => Some(format!("{error:#}")),
        Ok(_) => {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            groups::refuse_form_without_equals(&words).err().map(|error| format!("{error:#}"))
        }
    }
}

/// True if skat's command does not have one of the options.
fn lacks_an_option(words: &[String]) -> bool {
    Command::parse(words).is_err_and(|error| error.kind() == ErrorKind::UnknownArgument)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<String> {
        let words = shlex::split(&format!("skat {line}")).unwrap_or_default();
        hint(&words.into_iter().map(OsString::from).collect::<Vec<_>>(), false)
    }

    fn assert_translated(lines: &[(&str, &str)]) {
        for (other, skat) in lines {
            let told = told(other).unwrap_or_default();
            assert!(told.ends_with(&format!("; with skat it is: {skat}")), "{other}: {told}");
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn tls_of_ncat_becomes_that_of_skat() {
        assert_translated(&[
            ("--ssl host 443", "skat tcp-client --tls host 443"),
            ("--ssl-verify host 443", "skat tcp-client --tls host 443"),
            ("--ssl --ssl-verify host 443", "skat tcp-client --tls host 443"),
            ("--listen --ssl 443", "skat tcp-server --tls 443"),
            (
                "-l --ssl-cert c.pem --ssl-key=k.pem 443",
                "skat tcp-server --tls --cert c.pem --key k.pem 443",
            ),
            ("tcp-client --ssl host 443", "skat tcp-client --tls host 443"),
        ]);
    }

    #[test]
    fn lines_of_servers_become_skat_lines() {
        assert_translated(&[
            ("-l 8080", "skat tcp-server 8080"),
            ("-lvp 8080", "skat tcp-server -v 8080"),
            ("-lk 8080", "skat tcp-server -k 8080"),
            ("-l -p 80 127.0.0.1", "skat tcp-server 127.0.0.1 80"),
            ("-l -s 127.0.0.1 -p 80", "skat tcp-server 127.0.0.1 80"),
            ("-l -s 127.0.0.1 80", "skat tcp-server 127.0.0.1 80"),
            ("-l -w 3 80", "skat tcp-server -i 3 80"),
            ("-l 80 host", "skat tcp-server host 80"),
            ("0", "skat tcp-server 0"),
            ("-l -m 5 80", "skat tcp-server 80"),
            ("-l -m 5 -e cat 80", "skat tcp-server --once -e cat 80"),
            ("-lk -m 5 -e cat 80", "skat tcp-server -e cat -m 5 80"),
            ("-l -q 1 80", "skat tcp-server --after-eof 1 80"),
            ("-l -q -1 80", "skat tcp-server 80"),
            ("-ul 53", "skat udp-server 53"),
            ("-lub 80", "skat udp-server 80"),
            ("-lU path", "skat unix-server path"),
            ("-lU 'a path'", "skat unix-server 'a path'"),
            ("-lkU path", "skat unix-server -k path"),
            ("-luU path", "skat unix-server --type dgram path"),
            ("-l --chat 80", "skat tcp-server --chat 80"),
            ("-lk --broker 80", "skat tcp-server --broker 80"),
            ("-lk --chat -d 80", "skat tcp-server --chat 80"),
            ("tcp-server -l -p 80", "skat tcp-server 80"),
            ("tcp-server --echo -p 80", "skat tcp-server --echo 80"),
            ("tcp-server --stamp -l 80", "skat tcp-server --stamp 80"),
            ("tcp-server -u --echo 80", "skat udp-server --echo 80"),
            ("tcp-server -s ::1 80", "skat tcp-server ::1 80"),
            ("-lk -e /bin/cat 80", "skat tcp-server -e /bin/cat 80"),
            ("-l --exec=/bin/cat 80", "skat tcp-server --once -e /bin/cat 80"),
            ("-lc 'a;b' 80", "skat tcp-server --once -c 'a;b' 80"),
            (r"-lkc 'printf a\nb' 80", r#"skat tcp-server -c "printf a\\nb" 80"#),
            ("-l -q 1 -e cat 80", "skat tcp-server --once -e cat 80"),
            ("-l -d -e cat 80", "skat tcp-server --once -e cat 80"),
        ]);
    }

    #[test]
    fn lines_of_clients_become_skat_lines() {
        assert_translated(&[
            ("host 80", "skat tcp-client host 80"),
            ("host:80", "skat tcp-client host:80"),
            ("-u host 53", "skat udp-client host 53"),
            ("-u -w1 host 53", "skat udp-client --after-eof 1 host 53"),
            ("-uz -w1 host 53", "skat udp-client -z -w 1 host 53"),
            ("-l -p http", "skat tcp-server :http"),
            ("-lu domain", "skat udp-server :domain"),
            ("-p 1000 host 80", "skat tcp-client -s :1000 host 80"),
            ("-s 127.0.0.1 -p 99 host 80", "skat tcp-client -s 127.0.0.1:99 host 80"),
            ("--source 127.0.0.1 host 80", "skat tcp-client -s 127.0.0.1 host 80"),
            ("-w3 host 80", "skat tcp-client -w 3 -i 3 host 80"),
            ("--wait 3 --nodns ::1 80", "skat tcp-client -w 3 -n ::1 80"),
            ("-d -q 1 host 80", "skat tcp-client --no-stdin host 80"),
            ("-q 1 host 80", "skat tcp-client --after-eof 1 host 80"),
            ("-ub host 80", "skat udp-client --broadcast host 80"),
            ("-NU path", "skat unix-client path"),
            ("-zv host 20-30", "skat tcp-client -z -v host 20-30"),
            ("-uU path", "skat unix-client --type dgram path"),
            ("-O 1000 -I 2000 host 80", "skat tcp-client -O sndbuf=1000 -O rcvbuf=2000 host 80"),
            ("-M 5 -T 0x10 host 80", "skat tcp-client -O ttl=5 -O tos=0x10 host 80"),
            ("nc server 80", "skat tcp-client server 80"),
            ("nc -D echo 7", "skat tcp-client echo 7"),
            ("-zd host 80", "skat tcp-client -z host 80"),
            ("--broadcast host 9", "skat udp-client --broadcast host 9"),
            ("nc -N host 80", "skat tcp-client host 80"),
            ("nc host http", "skat tcp-client host http"),
            ("host.example http", "skat tcp-client host.example http"),
            ("localhost http", "skat tcp-client localhost http"),
            ("::1 http", "skat tcp-client ::1 http"),
            ("ncat --send-only host 80", "skat tcp-client --send-only --after-eof 0 host 80"),
            ("ncat --send-only -u host 80", "skat udp-client --send-only host 80"),
            ("socat - TCP:host:80", "skat tcp-client host:80"),
            ("--recv-only host 80", "skat tcp-client --no-stdin host 80"),
            ("tcp-client -u host 80", "skat udp-client host 80"),
            ("tcp-client --crlf -p 99 host 80", "skat tcp-client --crlf -s :99 host 80"),
            ("tcp-client --retry-for 5 -u host 80", "skat udp-client --retry-for 5 host 80"),
            ("TCP:host:80 -", "skat tcp-client host:80"),
            ("TCP-LISTEN:80,fork TCP:host:90", "skat tcp-server --forward host:90 80"),
            ("TCP-LISTEN:80,fork EXEC:'cat -u'", "skat tcp-server -e 'cat -u' 80"),
            ("--connect-timeout 3 host 9", "skat tcp-client --connect-timeout 3 host 9"),
            ("80 host", "skat tcp-client host 80"),
            ("-z 80", "skat tcp-client -z 80"),
            ("-zv host 22,80", "skat tcp-client -z -v host 22,80"),
            ("-z host 22 80", "skat tcp-client -z host 22,80"),
            ("tcp-client -z host 22 80", "skat tcp-client -z host 22,80"),
        ]);
    }

    /// What only a server has, or only one transport, says whose line it is.
    #[test]
    fn options_of_skat_say_which_command_is_missing() {
        for (line, command) in [
            ("--echo 80", "tcp-server"),
            ("--echo host 80", "tcp-server"),
            ("--forward host:80 80", "tcp-server"),
            ("--chat 80", "tcp-server"),
            ("--stamp 80", "tcp-server"),
            ("-k 80", "tcp-server"),
            ("-k host 80", "tcp-server"),
            ("-c host 80", "tcp-server"),
            ("-e cat 80", "tcp-server"),
            ("--prompt 80", "tcp-client"),
            ("--retry-for 3 host 80", "tcp-client"),
            ("--join 239.0.0.1 80", "udp-server"),
            ("--mode 600 path", "unix-server"),
        ] {
            let told = told(line).unwrap_or_default();
            let expected =
                format!("the command is missing; with skat it is: skat {command} {line}");
            assert_eq!(told, expected);
        }
        assert_translated(&[
            ("--echo -p 80", "skat tcp-server --echo 80"),
            ("-u --echo host 80", "skat udp-server --echo host 80"),
            ("-m 5 --echo host 80", "skat tcp-server --echo -m 5 host 80"),
        ]);
    }

    #[test]
    fn a_command_comes_first() {
        assert_translated(&[
            ("-v tcp-client host 9", "skat tcp-client -v host 9"),
            ("--log json unix-client x", "skat unix-client --log json x"),
            ("--log=json -6 tcp-server 80", "skat tcp-server --log=json -6 80"),
            ("-vw 3 tcp-client host 9", "skat tcp-client -vw 3 host 9"),
            ("-w3 tcp-client host 9", "skat tcp-client -w3 host 9"),
            ("-k unix-server x", "skat unix-server -k x"),
            ("-u tcp-client host 9", "skat udp-client host 9"),
            ("-s info host 9", "skat tcp-client -s info host 9"),
        ]);
        let told = told("-k tcp-client host 9").unwrap_or_default();
        assert!(
            told.contains("but skat tcp-client refuses it: unexpected argument '-k'"),
            "{told}"
        );
    }

    #[test]
    fn words_for_commands_become_these() {
        assert_translated(&[
            ("chat 80", "skat tcp-server --chat 80"),
            ("echo 80", "skat tcp-server --echo 80"),
            ("forward host:90 80", "skat tcp-server --forward host:90 80"),
            ("listen -p 80", "skat tcp-server 80"),
            ("connect host 9", "skat tcp-client host 9"),
            ("scan host 22 80", "skat tcp-client -z host 22,80"),
            ("hosts localhost", "skat resolve localhost"),
            ("getent ahosts localhost", "skat resolve localhost"),
            ("dig localhost", "skat resolve localhost"),
            ("services http", "skat resolve --service http"),
            ("tcp://host:80", "skat tcp-client host:80"),
            ("udp://host:53/", "skat udp-client host:53"),
        ]);
    }

    /// A line that skat would refuse is never shown as the right one.
    #[test]
    fn what_cannot_be_translated_is_told() {
        for (line, reason) in [
            ("-l -p 80 90", "which port is meant, 80 or 90?"),
            ("-l -s 127.0.0.1 ::1 80", "which address is meant, 127.0.0.1 or ::1?"),
            ("-l 99999", "but skat tcp-server refuses it: tcp-server: port 99999"),
            ("host 99999", "port 99999 is not within 0-65535"),
            ("-p 99999 host 80", "port 99999 is not within 0-65535"),
            ("-l -C -e cat 80", "refuses it: tcp-server: --crlf"),
            ("-u --ssl host 80", "refuses it: unexpected argument '--tls' found"),
            ("-e sh host 80", "for servers only"),
            ("-lx proxy 80", "skat has no equivalent of '-x'"),
            ("nc", "skat has no equivalent of this nc command line"),
            ("socat - EXEC:cat", "skat has no equivalent of this socat command line"),
            ("--stamp epoch 80", "refuses it: the form of --stamp follows '='"),
            ("-x proxy:1080 host 80", "skat has no equivalent of '-x'"),
            ("-zX 5 host 80", "skat has no equivalent of '-X'"),
            ("-T lowdelay host 80", "skat has no equivalent of '-T'"),
            ("-l -q soon 80", "skat has no equivalent of '-q'"),
            ("80", "'skat tcp-server 80' listens and 'skat tcp-client 80' connects"),
            ("-v 80", "'skat tcp-server -v 80' listens and 'skat tcp-client -v 80' connects"),
            ("-u 80", "'skat udp-server 80' listens and 'skat udp-client 80' connects"),
            ("host 0", "skat tcp-client refuses it: tcp-client: port 0"),
            ("-p host 80", "-p needs a PORT, not 'host'"),
            ("-l -p", "-p needs a PORT"),
            ("--jobs 3 host 80", "refuses it: --jobs needs --probe"),
            ("-lke", "-e needs a CMD"),
            ("-l --exec", "--exec needs a value"),
            ("--ssl --ssl-ciphers HIGH host 9", "skat has no equivalent of '--ssl-ciphers'"),
            ("-d 1s host 9", "skat has no equivalent of '-d'"),
            ("-o file host 9", "skat has no equivalent of '-o'"),
            ("-g 1 host 9", "skat has no equivalent of '-g'"),
            ("--proxy p:1 host 9", "'--proxy'; for a proxy, use socat or ncat"),
            ("tcp-client --proxy p:1 host 9", "'--proxy'; for a proxy, use socat or ncat"),
            ("TCP-LISTEN:80,su=nobody -", "its 'su=nobody' is not translated"),
            ("TCP-LISTEN:80,max-children=0,fork EXEC:cat", "but skat tcp-server refuses it"),
        ] {
            let told = told(line).unwrap_or_default();
            assert!(told.contains(reason) && !told.contains("it is:"), "{line}: {told}");
        }
        for other in [
            "",
            "tcp-server --nosuch",
            "tcp-server -Q",
            "tcp-client -e cat host 80",
            "--nosuch",
            "--rate 1K host 80",
            "-lU path 80",
            "curl x",
            "docker run",
            "-Q",
            "-l \"80\u{7}\"",
        ] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
