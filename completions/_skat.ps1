
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'skat' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'skat'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'skat' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('tcp-server', 'tcp-server', [CompletionResultType]::ParameterValue, 'Serve TCP: a conversation with stdin and stdout, or a service')
            [CompletionResult]::new('tcp-client', 'tcp-client', [CompletionResultType]::ParameterValue, 'Connect by TCP and talk: stdin to the peer, the peer to stdout')
            [CompletionResult]::new('udp-server', 'udp-server', [CompletionResultType]::ParameterValue, 'Serve UDP: print datagrams and answer from stdin, or a service')
            [CompletionResult]::new('udp-client', 'udp-client', [CompletionResultType]::ParameterValue, 'Send stdin as datagrams and print the answers')
            [CompletionResult]::new('unix-server', 'unix-server', [CompletionResultType]::ParameterValue, 'Serve a Unix socket: a conversation with stdin and stdout, or a service')
            [CompletionResult]::new('unix-client', 'unix-client', [CompletionResultType]::ParameterValue, 'Connect to a Unix socket and talk: stdin to the peer, the peer to stdout')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Ask the system''s resolver: hosts file, DNS, whatever nsswitch.conf says')
            [CompletionResult]::new('info', 'info', [CompletionResultType]::ParameterValue, 'Tell what this system, its kernel and this user can do')
            break
        }
        'skat;tcp-server' {
            [CompletionResult]::new('--stamp', '--stamp', [CompletionResultType]::ParameterName, 'Answer each line (each datagram) with "[TIME]: LINE"')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Run CMD for each connection, with the connection as its stdin and stdout; CMD is split into words as a shell does it, without one')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'Run CMD for each connection, with the connection as its stdin and stdout; CMD is split into words as a shell does it, without one')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The same by /bin/sh -c')
            [CompletionResult]::new('--sh-exec', '--sh-exec', [CompletionResultType]::ParameterName, 'The same by /bin/sh -c')
            [CompletionResult]::new('--forward', '--forward', [CompletionResultType]::ParameterName, 'Relay each connection to HOST:PORT or unix:PATH')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'At most so many connections at a time; later ones wait in the backlog')
            [CompletionResult]::new('--max-conns', '--max-conns', [CompletionResultType]::ParameterName, 'At most so many connections at a time; later ones wait in the backlog')
            [CompletionResult]::new('--backlog', '--backlog', [CompletionResultType]::ParameterName, 'The listen queue; the system''s maximum if left out')
            [CompletionResult]::new('--accept-timeout', '--accept-timeout', [CompletionResultType]::ParameterName, 'Exit with status 6 if nobody comes in time')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Event-loop threads of a service; 0: one a core')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Once listening, write ADDRESS:PORT and a newline to this descriptor')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Once listening, write ADDRESS:PORT to this file, which appears complete')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Once listening, run this by /bin/sh with SKAT, SKAT_HOST, SKAT_PORT and SKAT_ADDR set; at its end, finish with those who have come and exit with its status')
            [CompletionResult]::new('--after-eof', '--after-eof', [CompletionResultType]::ParameterName, 'End, status 0, once either side has ended and this long has passed without a byte')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('--sockopt', '--sockopt', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'End the whole run after this long: status 6')
            [CompletionResult]::new('--bufsize', '--bufsize', [CompletionResultType]::ParameterName, 'Bytes copied at a time, and the longest line for --stamp [default: 64K]')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'IPv6 only')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'No name or service look-ups; a name is an error')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'No name or service look-ups; a name is an error')
            [CompletionResult]::new('--echo', '--echo', [CompletionResultType]::ParameterName, 'Send back what comes')
            [CompletionResult]::new('--discard', '--discard', [CompletionResultType]::ParameterName, 'Read and drop')
            [CompletionResult]::new('--chat', '--chat', [CompletionResultType]::ParameterName, 'Send each peer''s lines to all others, with "<user-N> " before each')
            [CompletionResult]::new('--broker', '--broker', [CompletionResultType]::ParameterName, 'Send what comes from each peer to all others, as it is')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'One conversation after another, until interrupted')
            [CompletionResult]::new('--keep-open', '--keep-open', [CompletionResultType]::ParameterName, 'One conversation after another, until interrupted')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Serve one connection, then exit')
            [CompletionResult]::new('--no-stdin', '--no-stdin', [CompletionResultType]::ParameterName, 'Send nothing, not even a half-close; the peer''s end then ends the conversation')
            [CompletionResult]::new('--send-only', '--send-only', [CompletionResultType]::ParameterName, 'Print nothing received, yet read on until the peer ends')
            [CompletionResult]::new('--no-half-close', '--no-half-close', [CompletionResultType]::ParameterName, 'Keep the sending side open after stdin''s end')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Send LF as CRLF; an existing CRLF stays one')
            [CompletionResult]::new('--crlf', '--crlf', [CompletionResultType]::ParameterName, 'Send LF as CRLF; an existing CRLF stays one')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell of connections; twice: of each step')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell of errors only')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;tcp-client' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Come from this address, port, or both')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Come from this address, port, or both')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Give up connecting, look-up and all addresses, after this long: status 6')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting, look-up and all addresses, after this long: status 6')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Ask in lockstep: prompt, send a line of stdin, wait for its answer, print it, and so on; an empty line ends it')
            [CompletionResult]::new('--retry-for', '--retry-for', [CompletionResultType]::ParameterName, 'Try again, with growing pauses, until it connects or this long has passed')
            [CompletionResult]::new('--after-eof', '--after-eof', [CompletionResultType]::ParameterName, 'End, status 0, once either side has ended and this long has passed without a byte')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('--sockopt', '--sockopt', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'End the whole run after this long: status 6')
            [CompletionResult]::new('--bufsize', '--bufsize', [CompletionResultType]::ParameterName, 'Bytes copied at a time, and the longest line for --stamp [default: 64K]')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'IPv6 only')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'No name or service look-ups; a name is an error')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'No name or service look-ups; a name is an error')
            [CompletionResult]::new('--no-stdin', '--no-stdin', [CompletionResultType]::ParameterName, 'Send nothing, not even a half-close; the peer''s end then ends the conversation')
            [CompletionResult]::new('--send-only', '--send-only', [CompletionResultType]::ParameterName, 'Print nothing received, yet read on until the peer ends')
            [CompletionResult]::new('--no-half-close', '--no-half-close', [CompletionResultType]::ParameterName, 'Keep the sending side open after stdin''s end')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Send LF as CRLF; an existing CRLF stays one')
            [CompletionResult]::new('--crlf', '--crlf', [CompletionResultType]::ParameterName, 'Send LF as CRLF; an existing CRLF stays one')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell of connections; twice: of each step')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell of errors only')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;udp-server' {
            [CompletionResult]::new('--stamp', '--stamp', [CompletionResultType]::ParameterName, 'Answer each line (each datagram) with "[TIME]: LINE"')
            [CompletionResult]::new('--forward', '--forward', [CompletionResultType]::ParameterName, 'Relay datagrams to HOST:PORT and its answers back, with a session for each peer, which ends after --idle-timeout [default: 60s]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The same by /bin/sh -c')
            [CompletionResult]::new('--sh-exec', '--sh-exec', [CompletionResultType]::ParameterName, 'The same by /bin/sh -c')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'At most so many sessions of --forward at a time (16384), of which the one that was quiet longest makes room for another; or so many processes of --exec (100): later datagrams wait')
            [CompletionResult]::new('--max-conns', '--max-conns', [CompletionResultType]::ParameterName, 'At most so many sessions of --forward at a time (16384), of which the one that was quiet longest makes room for another; or so many processes of --exec (100): later datagrams wait')
            [CompletionResult]::new('--reply-to', '--reply-to', [CompletionResultType]::ParameterName, 'Whom stdin''s datagrams go to [default: last]')
            [CompletionResult]::new('--join', '--join', [CompletionResultType]::ParameterName, 'Receive a multicast group, on this interface')
            [CompletionResult]::new('--accept-timeout', '--accept-timeout', [CompletionResultType]::ParameterName, 'Exit with status 6 if nobody comes in time')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Event-loop threads of a service; 0: one a core')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Once listening, write ADDRESS:PORT and a newline to this descriptor')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Once listening, write ADDRESS:PORT to this file, which appears complete')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Once listening, run this by /bin/sh with SKAT, SKAT_HOST, SKAT_PORT and SKAT_ADDR set; at its end, finish with those who have come and exit with its status')
            [CompletionResult]::new('--frame', '--frame', [CompletionResultType]::ParameterName, 'How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex [default: line]')
            [CompletionResult]::new('--multicast-if', '--multicast-if', [CompletionResultType]::ParameterName, 'Send multicasts from this interface')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('--sockopt', '--sockopt', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'End the whole run after this long: status 6')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--bufsize', '--bufsize', [CompletionResultType]::ParameterName, 'Bytes of stdin read at a time [default: 64K]')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Run CMD for each datagram, which is its stdin; what it writes to its stdout, if anything, is the answer. CMD is split into words as a shell does it, without one')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'Run CMD for each datagram, which is its stdin; what it writes to its stdout, if anything, is the answer. CMD is split into words as a shell does it, without one')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'IPv6 only')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'No name or service look-ups; a name is an error')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'No name or service look-ups; a name is an error')
            [CompletionResult]::new('--echo', '--echo', [CompletionResultType]::ParameterName, 'Send back what comes')
            [CompletionResult]::new('--discard', '--discard', [CompletionResultType]::ParameterName, 'Read and drop')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Serve one datagram and its answer, then exit')
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'May send to broadcast addresses')
            [CompletionResult]::new('--broadcast', '--broadcast', [CompletionResultType]::ParameterName, 'May send to broadcast addresses')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell of connections; twice: of each step')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell of errors only')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;udp-client' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Come from this address, port, or both')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Come from this address, port, or both')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Give up connecting, look-up and all addresses, after this long: status 6')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting, look-up and all addresses, after this long: status 6')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Ask in lockstep: prompt, send a line of stdin, wait for its answer, print it, and so on; an empty line ends it')
            [CompletionResult]::new('--retry-for', '--retry-for', [CompletionResultType]::ParameterName, 'Try again, with growing pauses, until it connects or this long has passed')
            [CompletionResult]::new('--replies', '--replies', [CompletionResultType]::ParameterName, 'End, status 0, after so many datagrams; status 8 if they do not come in time')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send at most so many bytes a second, evenly')
            [CompletionResult]::new('--after-eof', '--after-eof', [CompletionResultType]::ParameterName, 'How long to wait for datagrams after stdin''s end, restarted by each. Left out: until as many have come as were sent, at most 1 s')
            [CompletionResult]::new('--frame', '--frame', [CompletionResultType]::ParameterName, 'How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex [default: line]')
            [CompletionResult]::new('--multicast-if', '--multicast-if', [CompletionResultType]::ParameterName, 'Send multicasts from this interface')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('--sockopt', '--sockopt', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'End the whole run after this long: status 6')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--bufsize', '--bufsize', [CompletionResultType]::ParameterName, 'Bytes of stdin read at a time [default: 64K]')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'IPv6 only')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'No name or service look-ups; a name is an error')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'No name or service look-ups; a name is an error')
            [CompletionResult]::new('--send-only', '--send-only', [CompletionResultType]::ParameterName, 'End as soon as stdin is sent')
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'May send to broadcast addresses')
            [CompletionResult]::new('--broadcast', '--broadcast', [CompletionResultType]::ParameterName, 'May send to broadcast addresses')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell of connections; twice: of each step')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell of errors only')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;unix-server' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'The type of socket: connections of bytes, or datagrams')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'The permissions of the socket file, in force from the moment that it exists')
            [CompletionResult]::new('--stamp', '--stamp', [CompletionResultType]::ParameterName, 'Answer each line (each datagram) with "[TIME]: LINE"')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Run CMD for each connection, with the connection as its stdin and stdout; CMD is split into words as a shell does it, without one')
            [CompletionResult]::new('--exec', '--exec', [CompletionResultType]::ParameterName, 'Run CMD for each connection, with the connection as its stdin and stdout; CMD is split into words as a shell does it, without one')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The same by /bin/sh -c')
            [CompletionResult]::new('--sh-exec', '--sh-exec', [CompletionResultType]::ParameterName, 'The same by /bin/sh -c')
            [CompletionResult]::new('--forward', '--forward', [CompletionResultType]::ParameterName, 'Relay each connection to HOST:PORT or unix:PATH')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'At most so many connections at a time; later ones wait in the backlog')
            [CompletionResult]::new('--max-conns', '--max-conns', [CompletionResultType]::ParameterName, 'At most so many connections at a time; later ones wait in the backlog')
            [CompletionResult]::new('--backlog', '--backlog', [CompletionResultType]::ParameterName, 'The listen queue; the system''s maximum if left out')
            [CompletionResult]::new('--accept-timeout', '--accept-timeout', [CompletionResultType]::ParameterName, 'Exit with status 6 if nobody comes in time')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Event-loop threads of a service; 0: one a core')
            [CompletionResult]::new('--after-eof', '--after-eof', [CompletionResultType]::ParameterName, 'End, status 0, once either side has ended and this long has passed without a byte')
            [CompletionResult]::new('--reply-to', '--reply-to', [CompletionResultType]::ParameterName, 'Whom stdin''s datagrams go to [default: last]')
            [CompletionResult]::new('--frame', '--frame', [CompletionResultType]::ParameterName, 'How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex [default: line]')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('--sockopt', '--sockopt', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'End the whole run after this long: status 6')
            [CompletionResult]::new('--bufsize', '--bufsize', [CompletionResultType]::ParameterName, 'Bytes copied at a time, and the longest line for --stamp [default: 64K]')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--ready-fd', '--ready-fd', [CompletionResultType]::ParameterName, 'Once listening, write PATH and a newline to this descriptor')
            [CompletionResult]::new('--ready-file', '--ready-file', [CompletionResultType]::ParameterName, 'Once listening, write PATH to this file, which appears complete')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'Once listening, run this by /bin/sh with SKAT and SKAT_ADDR (PATH) set; at its end, finish with those who have come and exit with its status')
            [CompletionResult]::new('--echo', '--echo', [CompletionResultType]::ParameterName, 'Send back what comes')
            [CompletionResult]::new('--discard', '--discard', [CompletionResultType]::ParameterName, 'Read and drop')
            [CompletionResult]::new('--chat', '--chat', [CompletionResultType]::ParameterName, 'Send each peer''s lines to all others, with "<user-N> " before each')
            [CompletionResult]::new('--broker', '--broker', [CompletionResultType]::ParameterName, 'Send what comes from each peer to all others, as it is')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'One conversation after another, until interrupted')
            [CompletionResult]::new('--keep-open', '--keep-open', [CompletionResultType]::ParameterName, 'One conversation after another, until interrupted')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Serve one connection, then exit')
            [CompletionResult]::new('--no-stdin', '--no-stdin', [CompletionResultType]::ParameterName, 'Send nothing, not even a half-close; the peer''s end then ends the conversation')
            [CompletionResult]::new('--send-only', '--send-only', [CompletionResultType]::ParameterName, 'Print nothing received, yet read on until the peer ends')
            [CompletionResult]::new('--no-half-close', '--no-half-close', [CompletionResultType]::ParameterName, 'Keep the sending side open after stdin''s end')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Send LF as CRLF; an existing CRLF stays one')
            [CompletionResult]::new('--crlf', '--crlf', [CompletionResultType]::ParameterName, 'Send LF as CRLF; an existing CRLF stays one')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell of connections; twice: of each step')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell of errors only')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;unix-client' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'The type of socket: connections of bytes, or datagrams')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Ask in lockstep: prompt, send a line of stdin, wait for its answer, print it, and so on; an empty line ends it')
            [CompletionResult]::new('--retry-for', '--retry-for', [CompletionResultType]::ParameterName, 'Try again, with growing pauses, until it connects or this long has passed')
            [CompletionResult]::new('--replies', '--replies', [CompletionResultType]::ParameterName, 'End, status 0, after so many datagrams; status 8 if they do not come in time')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Send at most so many bytes a second, evenly')
            [CompletionResult]::new('--frame', '--frame', [CompletionResultType]::ParameterName, 'How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex [default: line]')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('--sockopt', '--sockopt', [CompletionResultType]::ParameterName, 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'End after this long without a byte either way: status 6 (a service only drops that peer)')
            [CompletionResult]::new('--max-time', '--max-time', [CompletionResultType]::ParameterName, 'End the whole run after this long: status 6')
            [CompletionResult]::new('--bufsize', '--bufsize', [CompletionResultType]::ParameterName, 'Bytes copied at a time, and the longest line for --stamp [default: 64K]')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Give up connecting after this long: status 6')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Give up connecting after this long: status 6')
            [CompletionResult]::new('--after-eof', '--after-eof', [CompletionResultType]::ParameterName, 'End, status 0, once either side has ended and this long has passed without a byte. Datagrams: how long to wait for answers after stdin''s end, restarted by each; left out, until as many have come as were sent, at most 1 s')
            [CompletionResult]::new('--no-stdin', '--no-stdin', [CompletionResultType]::ParameterName, 'Send nothing, not even a half-close; the peer''s end then ends the conversation')
            [CompletionResult]::new('--no-half-close', '--no-half-close', [CompletionResultType]::ParameterName, 'Keep the sending side open after stdin''s end')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Send LF as CRLF; an existing CRLF stays one')
            [CompletionResult]::new('--crlf', '--crlf', [CompletionResultType]::ParameterName, 'Send LF as CRLF; an existing CRLF stays one')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell of connections; twice: of each step')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell of errors only')
            [CompletionResult]::new('--send-only', '--send-only', [CompletionResultType]::ParameterName, 'Print nothing received, yet read on until the peer ends. Datagrams: end as soon as stdin is sent, and have no name to be answered at')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;resolve' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only entries of this socket type')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Ask for this many names at once')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up a name after this long: status 4')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'NAME[:SERVICE]: family, type, protocol, address, port and canonical name of each entry, separated by tabs (getaddrinfo(3))')
            [CompletionResult]::new('--canonical', '--canonical', [CompletionResultType]::ParameterName, 'NAME: its canonical name (getaddrinfo(3) with AI_CANONNAME)')
            [CompletionResult]::new('--host-entry', '--host-entry', [CompletionResultType]::ParameterName, 'NAME or ADDRESS: the host''s name, aliases and addresses (gethostbyname2_r(3), Python''s gethostbyname_ex; gethostbyaddr_r(3))')
            [CompletionResult]::new('--fqdn', '--fqdn', [CompletionResultType]::ParameterName, 'NAME: its fully qualified name; without NAME that of this host (Python''s getfqdn, by getaddrinfo(3), gethostbyaddr_r(3), gethostname(2))')
            [CompletionResult]::new('--name-info', '--name-info', [CompletionResultType]::ParameterName, 'ADDRESS:PORT: host and service, separated by a tab (getnameinfo(3))')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'NAME[/PROTO]: the port of a service (getservbyname_r(3))')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'N[/PROTO]: the service on a port (getservbyport_r(3))')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'NAME or N: the number of a protocol, or its name (getprotobyname_r(3), getprotobynumber_r(3))')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'IPv4 only (AF_INET), which is what gethostbyname(3) knows')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'IPv6 only (AF_INET6)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Look nothing up: read an address (AI_NUMERICHOST); with --name-info, write numbers (NI_NUMERICHOST, NI_NUMERICSERV)')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'Look nothing up: read an address (AI_NUMERICHOST); with --name-info, write numbers (NI_NUMERICHOST, NI_NUMERICSERV)')
            [CompletionResult]::new('--passive', '--passive', [CompletionResultType]::ParameterName, 'With --all :SERVICE, the addresses to listen on rather than loopback (AI_PASSIVE)')
            [CompletionResult]::new('--v4mapped', '--v4mapped', [CompletionResultType]::ParameterName, 'With -6, IPv4 addresses as IPv6 where there are no others (AI_V4MAPPED)')
            [CompletionResult]::new('--addrconfig', '--addrconfig', [CompletionResultType]::ParameterName, 'Only families of which this machine has an address (AI_ADDRCONFIG)')
            [CompletionResult]::new('--datagram', '--datagram', [CompletionResultType]::ParameterName, 'With --name-info, the service over UDP (NI_DGRAM)')
            [CompletionResult]::new('--with-name', '--with-name', [CompletionResultType]::ParameterName, 'Begin each line with the name and a tab, also for a single name')
            [CompletionResult]::new('--no-name', '--no-name', [CompletionResultType]::ParameterName, 'Leave the name out, also for several')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'One JSON object a name: query, status (ok, not-found, no-data, temporary, refused), reason, seconds, and what was found')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell of errors only')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell how long each look-up took')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('hostname', 'hostname', [CompletionResultType]::ParameterValue, 'This host''s name (gethostname(2))')
            [CompletionResult]::new('families', 'families', [CompletionResultType]::ParameterValue, 'Families of sockets: number, and whether one opens here (socket(2))')
            [CompletionResult]::new('types', 'types', [CompletionResultType]::ParameterValue, 'Types of sockets: number, and the families of which this user can open one (socket(2))')
            [CompletionResult]::new('features', 'features', [CompletionResultType]::ParameterValue, 'IPv6, dual-stack, SO_REUSEPORT, MPTCP, fast open, UDP GSO and GRO: each tried over loopback')
            [CompletionResult]::new('options', 'options', [CompletionResultType]::ParameterValue, 'The options that -O knows: what they set, and their defaults, read from a fresh socket (getsockopt(2))')
            [CompletionResult]::new('interfaces', 'interfaces', [CompletionResultType]::ParameterValue, 'The interfaces of this machine: name, index, MTU, addresses, flags (getifaddrs(3), if_nametoindex(3))')
            [CompletionResult]::new('limits', 'limits', [CompletionResultType]::ParameterValue, 'The listen queue (SOMAXCONN), descriptors (getrlimit(2)), buffers, ephemeral ports')
            [CompletionResult]::new('services', 'services', [CompletionResultType]::ParameterValue, 'The services that the system knows (getservent_r(3)), or those of a name (getservbyname_r(3))')
            [CompletionResult]::new('protocols', 'protocols', [CompletionResultType]::ParameterValue, 'The protocols that the system knows (getprotoent_r(3)), or that of a name (getprotobyname_r(3))')
            [CompletionResult]::new('errors', 'errors', [CompletionResultType]::ParameterValue, 'The exit statuses of skat, and the names of errno(3)')
            [CompletionResult]::new('address', 'address', [CompletionResultType]::ParameterValue, 'What inet_pton(3), inet_aton(3), inet_ntop(3) and inet_ntoa(3) make of a text; status 2 if none takes it')
            [CompletionResult]::new('order', 'order', [CompletionResultType]::ParameterValue, 'A number in the other byte order (htons(3), htonl(3), ntohs(3), ntohl(3))')
            break
        }
        'skat;info;hostname' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;families' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;types' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;features' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;options' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;interfaces' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;limits' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;services' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;protocols' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;errors' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;address' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'skat;info;order' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The form of the lines on stderr')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON: an object with the topic''s name as its key; for address and order, an object a word')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
