
use builtin;
use str;

set edit:completion:arg-completer[skat] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'skat'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'skat'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand tcp-server 'Serve TCP: a conversation with stdin and stdout, or a service'
            cand tcp-client 'Connect by TCP and talk: stdin to the peer, the peer to stdout'
        }
        &'skat;tcp-server'= {
            cand --stamp 'Answer each line (each datagram) with "[TIME]: LINE"'
            cand -m 'At most so many connections at a time; later ones wait in the backlog'
            cand --max-conns 'At most so many connections at a time; later ones wait in the backlog'
            cand --backlog 'The listen queue; the system''s maximum if left out'
            cand --accept-timeout 'Exit with status 6 if nobody comes in time'
            cand --threads 'Event-loop threads of a service; 0: one a core'
            cand --ready-fd 'Once listening, write ADDRESS:PORT and a newline to this descriptor'
            cand --ready-file 'Once listening, write ADDRESS:PORT to this file, which appears complete'
            cand --run 'Once listening, run this by /bin/sh with SKAT, SKAT_HOST, SKAT_PORT and SKAT_ADDR set; at its end, finish with those who have come and exit with its status'
            cand --after-eof 'End, status 0, once either side has ended and this long has passed without a byte'
            cand -O 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3'
            cand --sockopt 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3'
            cand -i 'End after this long without a byte either way: status 6 (a service only drops that peer)'
            cand --idle-timeout 'End after this long without a byte either way: status 6 (a service only drops that peer)'
            cand --max-time 'End the whole run after this long: status 6'
            cand --bufsize 'Bytes copied at a time, and the longest line for --stamp'
            cand --log 'The form of the lines on stderr'
            cand --echo 'Send back what comes'
            cand --discard 'Read and drop'
            cand -k 'One conversation after another, until interrupted'
            cand --keep-open 'One conversation after another, until interrupted'
            cand --once 'Serve one connection, then exit'
            cand --no-stdin 'Send nothing, not even a half-close; the peer''s end then ends the conversation'
            cand --send-only 'Print nothing received, yet read on until the peer ends'
            cand --no-half-close 'Keep the sending side open after stdin''s end'
            cand -C 'Send LF as CRLF; an existing CRLF stays one'
            cand --crlf 'Send LF as CRLF; an existing CRLF stays one'
            cand -4 'IPv4 only'
            cand -6 'IPv6 only'
            cand -n 'No name or service look-ups; a name is an error'
            cand --numeric 'No name or service look-ups; a name is an error'
            cand -v 'Tell of connections; twice: of each step'
            cand --quiet 'Tell of errors only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
        &'skat;tcp-client'= {
            cand -s 'Come from this address, port, or both'
            cand --source 'Come from this address, port, or both'
            cand -w 'Give up connecting, look-up and all addresses, after this long: status 6'
            cand --connect-timeout 'Give up connecting, look-up and all addresses, after this long: status 6'
            cand --retry-for 'Try again, with growing pauses, until it connects or this long has passed'
            cand --after-eof 'End, status 0, once either side has ended and this long has passed without a byte'
            cand -O 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3'
            cand --sockopt 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3'
            cand -i 'End after this long without a byte either way: status 6 (a service only drops that peer)'
            cand --idle-timeout 'End after this long without a byte either way: status 6 (a service only drops that peer)'
            cand --max-time 'End the whole run after this long: status 6'
            cand --bufsize 'Bytes copied at a time, and the longest line for --stamp'
            cand --log 'The form of the lines on stderr'
            cand --no-stdin 'Send nothing, not even a half-close; the peer''s end then ends the conversation'
            cand --send-only 'Print nothing received, yet read on until the peer ends'
            cand --no-half-close 'Keep the sending side open after stdin''s end'
            cand -C 'Send LF as CRLF; an existing CRLF stays one'
            cand --crlf 'Send LF as CRLF; an existing CRLF stays one'
            cand -4 'IPv4 only'
            cand -6 'IPv6 only'
            cand -n 'No name or service look-ups; a name is an error'
            cand --numeric 'No name or service look-ups; a name is an error'
            cand -v 'Tell of connections; twice: of each step'
            cand --quiet 'Tell of errors only'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
    ]
    $completions[$command]
}
