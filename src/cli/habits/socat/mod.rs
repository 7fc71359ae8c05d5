//! socat's command line: two addresses, each a kind, what follows its colon, and options.

mod options;

use super::Translation;
use End::{Client, Echo, Exec, Server, Shell, Stdin, Stdio, Stdout};
use options::Globals;

/// What an address of socat's is to skat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The words of a client's command.
    Client(&'static [&'static str]),
    /// The words of a server's command.
    Server(&'static [&'static str]),
    Stdio,
    Stdin,
    Stdout,
    Exec,
    Shell,
    Echo,
}

/// socat's names of addresses.
const KINDS: &[(&[&str], End)] = &[
    (&["TCP", "TCP-CONNECT"], Client(&["tcp-client"])),
    (&["TCP4", "TCP4-CONNECT"], Client(&["tcp-client", "-4"])),
    (&["TCP6", "TCP6-CONNECT"], Client(&["tcp-client", "-6"])),
    (&["TCP-LISTEN", "TCP-L"], Server(&["tcp-server"])),
    (&["TCP4-LISTEN", "TCP4-L"], Server(&["tcp-server", "-4"])),
    (&["TCP6-LISTEN", "TCP6-L"], Server(&["tcp-server", "-6"])),
    (&["OPENSSL", "SSL", "OPENSSL-CONNECT"], Client(&["tcp-client", "--tls"])),
    (&["OPENSSL-LISTEN", "SSL-L"], Server(&["tcp-server", "--tls"])),
    (&["UDP", "UDP-CONNECT", "UDP-SENDTO", "UDP-DATAGRAM"], Client(&["udp-client"])),
    (&["UDP4", "UDP4-CONNECT", "UDP4-SENDTO", "UDP4-DATAGRAM"], Client(&["udp-client", "-4"])),
    (&["UDP6", "UDP6-CONNECT", "UDP6-SENDTO", "UDP6-DATAGRAM"], Client(&["udp-client", "-6"])),
    (&["UDP-LISTEN", "UDP-L", "UDP-RECV", "UDP-RECVFROM"], Server(&["udp-server"])),
    (&["UDP4-LISTEN", "UDP4-L", "UDP4-RECV", "UDP4-RECVFROM"], Server(&["udp-server", "-4"])),
    (&["UDP6-LISTEN", "UDP6-L", "UDP6-RECV", "UDP6-RECVFROM"], Server(&["udp-server", "-6"])),
    (&["UNIX", "UNIX-CONNECT", "UNIX-CLIENT"], Client(&["unix-client"])),
    (&["UNIX-LISTEN", "UNIX-L"], Server(&["unix-server"])),
    (&["UNIX-SENDTO"], Client(&["unix-client", "--type", "dgram"])),
    (&["UNIX-RECV", "UNIX-RECVFROM"], Server(&["unix-server", "--type", "dgram"])),
    (&["ABSTRACT", "ABSTRACT-CONNECT", "ABSTRACT-CLIENT"], Client(&["unix-client"])),
    (&["ABSTRACT-LISTEN", "ABSTRACT-L"], Server(&["unix-server"])),
    (&["-", "STDIO"], Stdio),
    (&["STDIN"], Stdin),
    (&["STDOUT"], Stdout),
    (&["EXEC"], Exec),
    (&["SYSTEM", "SHELL"], Shell),
    (&["PIPE", "ECHO"], Echo),
];

/// Which way bytes go, for whom only one is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Both,
    FromFirst,
    FromSecond,
}

impl Way {
    fn reversed(self) -> Self {
        match self {
            Way::Both => Way::Both,
            Way::FromFirst => Way::FromSecond,
            Way::FromSecond => Way::FromFirst,
        }
    }
}

/// One of the two addresses.
struct Address<'a> {
    end: End,
    /// A socket's address, or a program.
    rest: String,
    options: Vec<&'a str>,
}

impl<'a> Address<'a> {
    fn parse(word: &'a str) -> Option<Self> {
        let (address, options) = word.split_once(',').unwrap_or((word, ""));
        let (kind, rest) = address.split_once(':').unwrap_or((address, ""));
        if rest.starts_with("//") {
            // A URL.
            return None;
        }
        let kind = kind.to_uppercase();
        let known = |(names, _): &&(&[&str], _)| names.contains(&kind.as_str());
        let end = KINDS.iter().find(known)?.1;
        let mark = if kind.starts_with("ABSTRACT") { "@" } else { "" };
        Some(Self {
            end,
            rest: format!("{mark}{rest}"),
            options: options.split(',').filter(|it| !it.is_empty()).collect(),
        })
    }

    fn command(&self) -> Option<&'static [&'static str]> {
        match self.end {
            Client(words) | Server(words) => Some(words),
            _ => None,
        }
    }

    /// False where something is missing, or in socat's own quotes.
    fn is_clear(&self) -> bool {
        let is_quoted = |text: &str| text.contains(['"', '\'', '\\']);
        let has_rest = !self.rest.is_empty() || matches!(self.end, Stdio | Stdin | Stdout | Echo);
        has_rest && !is_quoted(&self.rest) && !self.options.iter().any(|it| is_quoted(it))
    }

    fn has(&self, option: &str) -> bool {
        self.options.contains(&option)
    }
}

/// The skat command line that does what a socat one asks for; `None` if no word is an address of
/// socat's with a colon, as all but stdin and stdout are, or if one is a long option, which socat
/// has none of.
pub fn translate(words: &[&str]) -> Option<Translation> {
    if words.iter().any(|word| word.starts_with("--")) {
        return None;
    }
    let with_colon = words.iter().filter(|word| word.contains(':'));
    let skat = with_colon.filter_map(|word| Address::parse(word)).find_map(|it| it.command())?;
    let unclear = || {
        let name = skat.join(" ");
        format!("skat has '{name}' for that (see 'skat {} --help')", skat[0])
    };
    Some(line(words).map_err(|reason| reason.unwrap_or_else(unclear)).into())
}

/// The words of skat's command line, or why there is none.
fn line(words: &[&str]) -> Result<Vec<String>, Option<String>> {
    let globals = Globals::read(words)?;
    let [first, second] = globals.addresses[..] else { return Err(None) };
    let first = Address::parse(first).ok_or(None)?;
    let second = Address::parse(second).ok_or(None)?;
    if [&first, &second].iter().any(|address| !address.is_clear()) {
        return Err(None);
    }
    // The server leads; of a client and something else, the client.
    let (socket, other, way) = if matches!(first.end, Server(_)) || second.command().is_none() {
        (first, second, globals.way)
    } else {
        (second, first, globals.way.reversed())
    };
    let (is_stdio, way) = match other.end {
        Stdio => (true, way),
        Stdin => (true, Way::FromSecond),
        Stdout => (true, Way::FromFirst),
        _ => (false, way),
    };
    let is_plain = other.options.is_empty() && way == Way::Both;
    if !is_stdio && !is_plain {
        return Err(None);
    }
    let command = socket.command().ok_or(None)?;
    let (options, address) = options::translated(&socket)?;
    let words = ["skat"].iter().chain(command).chain(one_way(command[0], way));
    let wait = globals.wait.filter(|_| way == Way::Both && is_stdio && command[0] != "udp-server");
    let wait = wait.into_iter().flat_map(|time| ["--after-eof", time]);
    let words = words.copied().chain(wait).map(str::to_owned);
    Ok(words
        .chain(served(&socket, &other)?)
        .chain(options)
        .chain(globals.options)
        .chain(address)
        .collect())
}

/// How skat's command is told that bytes go one way only, the first being its peer.
fn one_way(command: &str, way: Way) -> &'static [&'static str] {
    match way {
        Way::FromFirst if !command.starts_with("udp") => &["--no-stdin"],
        Way::FromSecond if command == "udp-client" => &["--send-only"],
        // socat does not wait for the peer's end then.
        Way::FromSecond if command != "udp-server" => &["--send-only", "--after-eof", "0"],
        _ => &[],
    }
}

/// The options that say what a server does with its peers.
fn served(socket: &Address, other: &Address) -> Result<Vec<String>, Option<String>> {
    let forks = socket.has("fork");
    let service = match (socket.end, other.end) {
        (Client(_), Stdio | Stdin | Stdout) => return Ok(Vec::new()),
        (Server(command), Stdio | Stdin | Stdout) => {
            // A udp-server hears all its peers anyway.
            let keeps_open = forks && command[0] != "udp-server";
            return Ok(if keeps_open { vec!["-k".to_owned()] } else { Vec::new() });
        }
        (Client(_), Exec | Shell) => {
            let text = "skat runs programs for servers only (see 'skat tcp-server --help')";
            return Err(Some(text.to_owned()));
        }
        (Server(_), Exec) => ["-e", &other.rest].map(str::to_owned).to_vec(),
        (Server(_), Shell) => ["-c", &other.rest].map(str::to_owned).to_vec(),
        (Server(_), Echo) => vec!["--echo".to_owned()],
        (Server(server), Client(client)) if is_relayed(server, client) => {
            vec!["--forward".to_owned(), target(client, &other.rest)]
        }
        _ => return Err(None),
    };
    let once = (!forks).then(|| "--once".to_owned());
    Ok(once.into_iter().chain(service).collect())
}

/// True if skat's server forwards to what the client stands for: to what is of its own kind.
fn is_relayed(server: &[&str], client: &[&str]) -> bool {
    let kinds =
        [server, client].map(|words| (words[0].starts_with("udp"), words.contains(&"dgram")));
    kinds[0] == kinds[1]
}

/// Where to forward to, as skat writes it.
fn target(command: &[&str], rest: &str) -> String {
    match command {
        ["unix-client", ..] => format!("unix:{rest}"),
        [_, "--tls"] => format!("tls:{rest}"),
        _ => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<Result<String, String>> {
        let words = shlex::split(line).unwrap_or_default();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Some(match translate(&words)? {
            Translation::Words(words) => Ok(words.join(" ")),
            Translation::Unclear(reason) => Err(reason),
        })
    }

    #[test]
    fn conversations_become_skat_lines() {
        for (socat, skat) in [
            ("TCP:localhost:80 -", "skat tcp-client localhost:80"),
            ("- TCP-LISTEN:8080", "skat tcp-server 8080"),
            ("- TCP-LISTEN:http,reuseaddr", "skat tcp-server :http"),
            ("- TCP-LISTEN:8080,bind=127.0.0.1,fork", "skat tcp-server -k 127.0.0.1 8080"),
            ("STDIO udp6:[::1]:53", "skat udp-client -6 [::1]:53"),
            ("- UNIX-CONNECT:/x", "skat unix-client /x"),
            ("- UNIX-SENDTO:/x", "skat unix-client --type dgram /x"),
            ("UNIX-LISTEN:/x,mode=0600 -", "skat unix-server --mode 0600 /x"),
            ("-u TCP-LISTEN:8080 -", "skat tcp-server --no-stdin 8080"),
            ("-u - TCP:host:80", "skat tcp-client --send-only --after-eof 0 host:80"),
            ("-U TCP:host:80 -", "skat tcp-client --send-only --after-eof 0 host:80"),
            ("-T5 -t 2 - TCP:host:80", "skat tcp-client --after-eof 2 -i 5 host:80"),
            ("-b100 - TCP:h:80,sp=99,shut-none", "skat tcp-client -s :99 --no-half-close h:80"),
            (
                "-u UDP-RECV:5,ip-add-membership=239.1.2.3:lo -",
                "skat udp-server --join 239.1.2.3%lo 5",
            ),
            ("-u UDP-RECV:514 -", "skat udp-server 514"),
            ("-d -d -T 5 - TCP:h:80,crnl", "skat tcp-client -C -i 5 h:80"),
            ("- OPENSSL:host:443,verify=0", "skat tcp-client --tls --insecure host:443"),
            ("- TCP:host:80,bind=:99", "skat tcp-client -s :99 host:80"),
            ("TCP-LISTEN:80 STDOUT", "skat tcp-server --no-stdin 80"),
            ("STDIN TCP:host:80", "skat tcp-client --send-only --after-eof 0 host:80"),
            ("- ABSTRACT-CONNECT:foo", "skat unix-client @foo"),
            ("ABSTRACT-LISTEN:foo,fork -", "skat unix-server -k @foo"),
            ("- UDP-DATAGRAM:10.0.0.255:9,broadcast", "skat udp-client --broadcast 10.0.0.255:9"),
        ] {
            assert_eq!(told(socat), Some(Ok(skat.to_owned())), "{socat}");
        }
    }

    #[test]
    fn services_become_skat_lines() {
        for (socat, skat) in [
            ("TCP-LISTEN:80,fork TCP:host:90", "skat tcp-server --forward host:90 80"),
            ("TCP-LISTEN:80 TCP4:host:90", "skat tcp-server --once --forward host:90 80"),
            ("TCP-LISTEN:80,fork UNIX:/x", "skat tcp-server --forward unix:/x 80"),
            ("TCP-L:80,fork OPENSSL:h:443", "skat tcp-server --forward tls:h:443 80"),
            ("TCP-LISTEN:80,fork ABSTRACT:x", "skat tcp-server --forward unix:@x 80"),
            ("UNIX-LISTEN:/x,fork TCP:h:80", "skat unix-server --forward h:80 /x"),
            ("UDP-LISTEN:53,fork UDP:h:53", "skat udp-server --forward h:53 53"),
            (
                "UNIX-RECVFROM:/x,fork UNIX-SENDTO:/y",
                "skat unix-server --type dgram --forward unix:/y /x",
            ),
            ("TCP-LISTEN:80,fork,max-children=9 EXEC:cat", "skat tcp-server -e cat -m 9 80"),
            ("TCP-LISTEN:80 SYSTEM:date", "skat tcp-server --once -c date 80"),
            ("TCP6-LISTEN:7,fork PIPE", "skat tcp-server -6 --echo 7"),
            (
                "TCP-LISTEN:7,range=10.0.0.0/8,fork ECHO",
                "skat tcp-server --echo --allow 10.0.0.0/8 7",
            ),
        ] {
            assert_eq!(told(socat), Some(Ok(skat.to_owned())), "{socat}");
        }
    }

    #[test]
    fn what_cannot_be_translated_is_told() {
        for (socat, reason) in [
            ("TCP:host:80 EXEC:cat", "for servers only"),
            ("TCP-LISTEN:80,su=nobody -", "its 'su=nobody' is not translated"),
            ("-lf log TCP:host:80 -", "its '-lf' is not translated"),
            ("-u TCP-LISTEN:80 CREATE:file", "skat has 'tcp-server' for that"),
            ("UDP-LISTEN:53,fork TCP:h:53", "skat has 'udp-server' for that"),
            ("TCP-LISTEN:53,fork UDP:h:53", "skat has 'tcp-server' for that"),
            ("TCP-LISTEN:80,fork UNIX-SENDTO:/x", "skat has 'tcp-server' for that"),
            (r#"TCP-LISTEN:80 'EXEC:"echo a"'"#, "skat has 'tcp-server' for that"),
            ("- TCP:", "skat has 'tcp-client' for that"),
            ("TCP:a:1 TCP:b:2", "skat has 'tcp-client' for that"),
            ("TCP:a:1", "skat has 'tcp-client' for that"),
        ] {
            let Some(Err(told)) = told(socat) else { panic!("{socat}") };
            assert!(told.contains(reason), "{socat}: {told}");
        }
        assert_eq!(told("host:80 -"), None);
        assert_eq!(told("- pipe"), None);
        assert_eq!(told("-v tcp://host:80"), None);
    }
}
