//! Python's socket module, asked questions.

use serde_json::{Value, json};

use crate::support::not_tested;

/// Reads a list of [function, arguments...], writes a list of {"ok": answer} or {"error": kind}.
const PYTHON: &str = r#"
import json, socket, sys

KINDS = {
    socket.EAI_NONAME: "not-found", socket.EAI_SERVICE: "not-found",
    socket.EAI_NODATA: "no-data", socket.EAI_ADDRFAMILY: "no-data",
    socket.EAI_AGAIN: "temporary", socket.EAI_FAIL: "temporary",
    socket.EAI_FAMILY: "refused", socket.EAI_SOCKTYPE: "refused", socket.EAI_BADFLAGS: "refused",
}
HOST_KINDS = {1: "not-found", 2: "temporary", 3: "temporary", 4: "no-data"}
FAMILY = {int(f): f.name for f in (socket.AF_INET, socket.AF_INET6)}
TYPE = {int(t): t.name for t in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW)}

def getaddrinfo(host, service, family, kind, flags):
    flags = sum(getattr(socket, flag) for flag in flags)
    found = socket.getaddrinfo(host, service, getattr(socket, family),
                               getattr(socket, kind) if kind else 0, 0,
                               flags | (socket.AI_CANONNAME if host else 0))
    return [[FAMILY[f], TYPE[t], p, address[0].split("%")[0], address[1], name]
            for f, t, p, name, address in found]

def getnameinfo(host, port, flags):
    flags = sum(getattr(socket, flag) for flag in flags)
    return list(socket.getnameinfo((host, port), flags))

def order(number):
    short = [socket.htons(number), socket.ntohs(number)] if number < 65536 else [None, None]
    return short + [socket.htonl(number), socket.ntohl(number)]

def address(text):
    answers = []
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            answers.append(socket.inet_pton(family, text))
        except OSError:
            answers.append(None)
    try:
        answers.append(socket.inet_aton(text))
    except OSError:
        answers.append(None)
    packed = next((a for a in answers if a is not None), None)
    if packed is None:
        raise OSError("none")
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return [family.name, socket.inet_ntop(family, packed), packed.hex(),
            str(int.from_bytes(packed, "big")),
            any(a is not None for a in answers[:2]), answers[2] is not None]

CALLS = dict(vars(socket), getaddrinfo=getaddrinfo, getnameinfo=getnameinfo, order=order,
             address=address)
answers = []
for function, *arguments in json.load(sys.stdin):
    try:
        answers.append({"ok": CALLS[function](*arguments)})
    except socket.gaierror as error:
        answers.append({"error": KINDS.get(error.errno, str(error))})
    except socket.herror as error:
        answers.append({"error": HOST_KINDS.get(error.errno, str(error))})
    except (UnicodeError, ValueError, OverflowError) as error:
        answers.append({"error": "refused"})
    except OSError as error:
        answers.append({"error": "not-found"})
json.dump(answers, sys.stdout)
"#;

/// What Python says to each question; `None` where there is no Python.
pub fn python(questions: &[Value]) -> Option<Vec<Value>> {
    let mut python = assert_cmd::Command::new("python3");
    python.args(["-c", PYTHON]).timeout(std::time::Duration::from_secs(60));
    let output = match python.write_stdin(json!(questions).to_string()).output() {
        Ok(output) => output,
        Err(error) => {
            not_tested("agreement with Python", &error.to_string());
            return None;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
