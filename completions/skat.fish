# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_skat_global_optspecs
    string join \n h/help V/version
end

function __fish_skat_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_skat_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_skat_using_subcommand
    set -l cmd (__fish_skat_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c skat -n "__fish_skat_needs_command" -s h -l help -d 'Print help'
complete -c skat -n "__fish_skat_needs_command" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_needs_command" -f -a "tcp-server" -d 'Serve TCP: a conversation with stdin and stdout, or a service'
complete -c skat -n "__fish_skat_needs_command" -f -a "tcp-client" -d 'Connect by TCP and talk: stdin to the peer, the peer to stdout'
complete -c skat -n "__fish_skat_needs_command" -f -a "udp-server" -d 'Serve UDP: print datagrams and answer from stdin, or a service'
complete -c skat -n "__fish_skat_needs_command" -f -a "udp-client" -d 'Send stdin as datagrams and print the answers'
complete -c skat -n "__fish_skat_needs_command" -f -a "unix-server" -d 'Serve a Unix socket: a conversation with stdin and stdout, or a service'
complete -c skat -n "__fish_skat_needs_command" -f -a "unix-client" -d 'Connect to a Unix socket and talk: stdin to the peer, the peer to stdout'
complete -c skat -n "__fish_skat_needs_command" -f -a "resolve" -d 'Ask the system\'s resolver: hosts file, DNS, whatever nsswitch.conf says'
complete -c skat -n "__fish_skat_needs_command" -f -a "info" -d 'Tell what this system, its kernel and this user can do'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l stamp -d 'Answer each line (each datagram) with "[TIME]: LINE"' -r -f -a "ctime\t'Sun Nov 22 10:29:05 2026'
epoch\t'Seconds since 1970, with microseconds'
rfc3339\t'2026-11-22T10:29:05+01:00'"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s e -l exec -d 'Run CMD for each connection, with the connection as its stdin and stdout; CMD is split into words as a shell would, but no shell runs' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s c -l sh-exec -d 'The same, through /bin/sh -c' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l forward -d 'Relay each connection to HOST:PORT, tls:HOST:PORT (verified by name) or unix:PATH' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s m -l max-conns -d 'At most N connections at a time; later ones wait in the backlog' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l backlog -d 'The length of the listen queue; the system\'s maximum if left out' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l threads -d 'Event-loop threads of a service; 0: one per core' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l ready-fd -d 'Once listening, write ADDRESS:PORT and a newline to this descriptor' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l ready-file -d 'Once listening, write ADDRESS:PORT to this file, which appears complete' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l run -d 'Once listening, run CMD by /bin/sh with SKAT, SKAT_HOST, SKAT_PORT and SKAT_ADDR set; when it ends, finish serving the peers that are there, then exit with its status' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l accept-timeout -d 'Exit with status 6 if no peer comes within this time' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l after-eof -d 'End with status 0 once either side has ended and this long has passed without a byte' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l key -d 'The key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if it is not in that file' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l alpn -d 'Application protocols to agree on, best first, as in h2,http/1.1' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l tls-min -d 'The oldest version to accept [default: 1.2]' -r -f -a "1.2\t'TLS 1.2'
1.3\t'TLS 1.3'"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l client-ca -d 'Accept only clients with a certificate that an authority in this file (PEM) has signed' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l cert -d 'Our certificate and its chain, in PEM; without one, a certificate is made for the run' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l handshake-timeout -d 'Give up a handshake after this long: status 6 (a service only drops that peer) [default: 10s]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l ca -d 'For the target of --forward tls: trust the authorities in this file (PEM) instead of those that the system knows' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l pin -d 'For the target: accept only the certificate with this SHA-256 fingerprint, whoever signed it' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l server-name -d 'For the target: the name to ask for and to verify, if it is not HOST' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l listen-fd -d 'Serve on inherited descriptor N, a socket that already listens (for UDP, is bound); sockets passed by systemd need no option' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l allow -d 'Accept only peers from this address or network (10.0.0.0/8), or from those in @FILE; repeatable' -r -f
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l deny -d 'Accept no peers from this address or network, or from those in @FILE, even if allowed; repeatable' -r -f
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s i -l idle-timeout -d 'End after this long without a byte either way: status 6 (a service only drops that peer)' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l max-time -d 'End the whole run after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l bufsize -d 'Bytes copied at a time, and the longest line for --stamp [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s O -l sockopt -d 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3; \'skat info options\' lists them' -r -f -a "bindtodevice\t'use only this interface (SO_BINDTODEVICE)'
busy-poll\t'microseconds of busy polling on receive (SO_BUSY_POLL)'
congestion\t'congestion control by name (TCP_CONGESTION)'
cork\t'send full segments only (TCP_CORK)'
defer-accept\t'seconds to wait for data before accept returns (TCP_DEFER_ACCEPT)'
dontroute\t'directly connected hosts only (SO_DONTROUTE)'
fastopen\t'TCP fast open: a server\'s queue length; any number but 0 for a client (TCP_FASTOPEN, TCP_FASTOPEN_CONNECT)'
freebind\t'bind to an address that is not there yet (IP_FREEBIND)'
keepalive\t'probe an idle connection: seconds idle, between probes, number of probes (SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)'
linger\t'seconds that close waits for delivery; 0 resets; \'off\' (SO_LINGER)'
linger2\t'seconds in FIN_WAIT2; 0 the system\'s, -1 none (TCP_LINGER2)'
mark\t'firewall mark; needs CAP_NET_ADMIN (SO_MARK)'
maxseg\t'largest segment in bytes (TCP_MAXSEG)'
mptcp\t'multipath TCP (IPPROTO_MPTCP)'
mtu-discover\t'path MTU discovery: 0 off, 1 want, 2 do, 3 probe, 4 interface, 5 omit (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER)'
nodelay\t'no Nagle delay; on unless nodelay=0 (TCP_NODELAY)'
notsent-lowat\t'unsent bytes the kernel holds at most (TCP_NOTSENT_LOWAT)'
oobinline\t'urgent data within the stream (SO_OOBINLINE)'
priority\t'queueing priority; above 6 needs CAP_NET_ADMIN (SO_PRIORITY)'
quickack\t'acknowledge at once (TCP_QUICKACK)'
rcvbuf\t'receive buffer in bytes (SO_RCVBUF)'
rcvlowat\t'bytes that make a connection readable (SO_RCVLOWAT)'
reuseaddr\t'bind beside closing connections (SO_REUSEADDR)'
reuseport\t'several sockets on one port (SO_REUSEPORT)'
sndbuf\t'send buffer in bytes (SO_SNDBUF)'
syncnt\t'SYNs sent before giving up (TCP_SYNCNT)'
tos\t'type of service, traffic class (IP_TOS, IPV6_TCLASS)'
transparent\t'transparent proxying; needs CAP_NET_ADMIN (IP_TRANSPARENT)'
ttl\t'hops of a packet (IP_TTL, IPV6_UNICAST_HOPS)'
user-timeout\t'milliseconds that sent data may stay unacknowledged (TCP_USER_TIMEOUT)'"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s 4 -d 'IPv4 only'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s 6 -d 'IPv6 only'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s n -l numeric -d 'No name or service look-ups; a name is an error'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l echo -d 'Send back what comes'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l discard -d 'Read and discard'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l chat -d 'Send each peer\'s lines to all others, each after "<user-N> "'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l broker -d 'Send what each peer sends to all others, unchanged'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s k -l keep-open -d 'One conversation after another, until interrupted'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l once -d 'Serve one connection, the first that comes, then exit'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l no-stdin -d 'Send nothing, not even a half-close; the peer\'s end then ends the conversation'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l send-only -d 'Print nothing that is received, but read on until the peer ends'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l no-half-close -d 'Keep the sending side open after stdin\'s end'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s C -l crlf -d 'Send LF as CRLF; an existing CRLF stays one'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l tls -d 'Speak TLS over the connection'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l ignore-unexpected-eof -d 'Accept an end without close_notify as a normal end, not as a broken transfer'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l insecure -d 'For the target: accept any certificate; whoever is in between can read and change everything'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s v -d 'Report connections; -vv reports every step'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l quiet -d 'Report errors only'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s s -l source -d 'Use this local address, port, or both' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s w -l connect-timeout -d 'Give up connecting, look-up and all addresses, after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l prompt -d 'Ask in lockstep: prompt, send a line of stdin, wait for its answer, print it, and so on; an empty line ends it. A line has 16 MiB at most' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l retry-for -d 'Try again, with growing pauses, until it connects or this long has passed' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l jobs -d 'Probes at once' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l after-eof -d 'End with status 0 once either side has ended and this long has passed without a byte' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l cert -d 'Our certificate and its chain, in PEM' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l key -d 'The key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if it is not in that file' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l alpn -d 'Application protocols to agree on, best first, as in h2,http/1.1' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l tls-min -d 'The oldest version to accept [default: 1.2]' -r -f -a "1.2\t'TLS 1.2'
1.3\t'TLS 1.3'"
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l handshake-timeout -d 'Give up a handshake after this long: status 6 [default: 10s]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l ca -d 'Trust the authorities in this file (PEM) instead of those that the system knows' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l pin -d 'Accept only the certificate with this SHA-256 fingerprint, whoever signed it' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l server-name -d 'The name to ask for and to verify, if it is not HOST' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l max-time -d 'End the whole run after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s i -l idle-timeout -d 'End after this long without a byte either way: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l bufsize -d 'Bytes copied at a time [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s O -l sockopt -d 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3; \'skat info options\' lists them' -r -f -a "bindtodevice\t'use only this interface (SO_BINDTODEVICE)'
busy-poll\t'microseconds of busy polling on receive (SO_BUSY_POLL)'
congestion\t'congestion control by name (TCP_CONGESTION)'
cork\t'send full segments only (TCP_CORK)'
defer-accept\t'seconds to wait for data before accept returns (TCP_DEFER_ACCEPT)'
dontroute\t'directly connected hosts only (SO_DONTROUTE)'
fastopen\t'TCP fast open: a server\'s queue length; any number but 0 for a client (TCP_FASTOPEN, TCP_FASTOPEN_CONNECT)'
freebind\t'bind to an address that is not there yet (IP_FREEBIND)'
keepalive\t'probe an idle connection: seconds idle, between probes, number of probes (SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)'
linger\t'seconds that close waits for delivery; 0 resets; \'off\' (SO_LINGER)'
linger2\t'seconds in FIN_WAIT2; 0 the system\'s, -1 none (TCP_LINGER2)'
mark\t'firewall mark; needs CAP_NET_ADMIN (SO_MARK)'
maxseg\t'largest segment in bytes (TCP_MAXSEG)'
mptcp\t'multipath TCP (IPPROTO_MPTCP)'
mtu-discover\t'path MTU discovery: 0 off, 1 want, 2 do, 3 probe, 4 interface, 5 omit (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER)'
nodelay\t'no Nagle delay; on unless nodelay=0 (TCP_NODELAY)'
notsent-lowat\t'unsent bytes the kernel holds at most (TCP_NOTSENT_LOWAT)'
oobinline\t'urgent data within the stream (SO_OOBINLINE)'
priority\t'queueing priority; above 6 needs CAP_NET_ADMIN (SO_PRIORITY)'
quickack\t'acknowledge at once (TCP_QUICKACK)'
rcvbuf\t'receive buffer in bytes (SO_RCVBUF)'
rcvlowat\t'bytes that make a connection readable (SO_RCVLOWAT)'
reuseaddr\t'bind beside closing connections (SO_REUSEADDR)'
reuseport\t'several sockets on one port (SO_REUSEPORT)'
sndbuf\t'send buffer in bytes (SO_SNDBUF)'
syncnt\t'SYNs sent before giving up (TCP_SYNCNT)'
tos\t'type of service, traffic class (IP_TOS, IPV6_TCLASS)'
transparent\t'transparent proxying; needs CAP_NET_ADMIN (IP_TRANSPARENT)'
ttl\t'hops of a packet (IP_TTL, IPV6_UNICAST_HOPS)'
user-timeout\t'milliseconds that sent data may stay unacknowledged (TCP_USER_TIMEOUT)'"
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s 4 -d 'IPv4 only'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s 6 -d 'IPv6 only'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s n -l numeric -d 'No name or service look-ups; a name is an error'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l no-stdin -d 'Send nothing, not even a half-close; the peer\'s end then ends the conversation'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l send-only -d 'Print nothing that is received, but read on until the peer ends'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l no-half-close -d 'Keep the sending side open after stdin\'s end'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s C -l crlf -d 'Send LF as CRLF; an existing CRLF stays one'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l tls -d 'Speak TLS over the connection'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l ignore-unexpected-eof -d 'Accept an end without close_notify as a normal end, not as a broken transfer'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l insecure -d 'Accept any certificate: whoever is in between can read and change everything'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s v -d 'Report connections; -vv reports every step'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l quiet -d 'Report errors only'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s z -l probe -d 'Only find out whether ports are open, and print HOST PORT for each that is; PORT may be a list: 22,80,8000-8100,http'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l stamp -d 'Answer each line (each datagram) with "[TIME]: LINE"' -r -f -a "ctime\t'Sun Nov 22 10:29:05 2026'
epoch\t'Seconds since 1970, with microseconds'
rfc3339\t'2026-11-22T10:29:05+01:00'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l forward -d 'Relay datagrams to HOST:PORT and its answers back, with a session for each peer, which ends after --idle-timeout [default: 60s]' -r -f -a "(__fish_print_hostnames)"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s c -l sh-exec -d 'The same, through /bin/sh -c' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s m -l max-conns -d 'At most N sessions of --forward at a time (16384; the one that has been idle longest makes room for another), or N processes of --exec (100; later datagrams wait)' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l reply-to -d 'The peers that stdin\'s datagrams go to [default: last]' -r -f -a "last\t'The peer heard last'
first\t'The peer heard first'
all\t'Every peer heard so far'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l join -d 'Receive a multicast group, on this interface' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l allow -d 'Accept only peers from this address or network (10.0.0.0/8), or from those in @FILE; repeatable' -r -f
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l deny -d 'Accept no peers from this address or network, or from those in @FILE, even if allowed; repeatable' -r -f
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l listen-fd -d 'Serve on inherited descriptor N, a socket that already listens (for UDP, is bound); sockets passed by systemd need no option' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l ready-fd -d 'Once listening, write ADDRESS:PORT and a newline to this descriptor' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l ready-file -d 'Once listening, write ADDRESS:PORT to this file, which appears complete' -r -F
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l run -d 'Once listening, run CMD by /bin/sh with SKAT, SKAT_HOST, SKAT_PORT and SKAT_ADDR set; when it ends, finish serving the peers that are there, then exit with its status' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l accept-timeout -d 'Exit with status 6 if no peer comes within this time' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l frame -d 'How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex [default: line]' -r -f -a "line\t'a datagram a line'
block\t'so many bytes a datagram'
whole\t'all of stdin is one datagram'
len32\t'before each datagram its length, in 4 bytes'
hex\t'a line of hexadecimal digits a datagram'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l multicast-if -d 'Send multicasts from this interface' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s i -l idle-timeout -d 'End after this long without a byte either way: status 6 (a service only drops that peer)' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l max-time -d 'End the whole run after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s O -l sockopt -d 'Set a socket option by name, as in rcvbuf=1M or ttl=5; \'skat info options\' lists them' -r -f -a "bindtodevice\t'use only this interface (SO_BINDTODEVICE)'
broadcast\t'may send to broadcast addresses (SO_BROADCAST)'
busy-poll\t'microseconds of busy polling on receive (SO_BUSY_POLL)'
dontroute\t'directly connected hosts only (SO_DONTROUTE)'
freebind\t'bind to an address that is not there yet (IP_FREEBIND)'
mark\t'firewall mark; needs CAP_NET_ADMIN (SO_MARK)'
mtu-discover\t'path MTU discovery: 0 off, 1 want, 2 do, 3 probe, 4 interface, 5 omit (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER)'
multicast-loop\t'own multicasts are received here too (IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP)'
multicast-ttl\t'hops of a multicast (IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS)'
priority\t'queueing priority; above 6 needs CAP_NET_ADMIN (SO_PRIORITY)'
rcvbuf\t'receive buffer in bytes (SO_RCVBUF)'
reuseaddr\t'bind beside closing connections (SO_REUSEADDR)'
reuseport\t'several sockets on one port (SO_REUSEPORT)'
sndbuf\t'send buffer in bytes (SO_SNDBUF)'
tos\t'type of service, traffic class (IP_TOS, IPV6_TCLASS)'
transparent\t'transparent proxying; needs CAP_NET_ADMIN (IP_TRANSPARENT)'
ttl\t'hops of a packet (IP_TTL, IPV6_UNICAST_HOPS)'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l bufsize -d 'Bytes of stdin read at a time [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s e -l exec -d 'Run CMD for each datagram, which is its stdin; what it writes to its stdout, if anything, is the answer. CMD is split into words as a shell does it, without one' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l threads -d 'Event-loop threads of --echo, --stamp or --discard, not of --exec or --forward; 0: one per core' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s 4 -d 'IPv4 only'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s 6 -d 'IPv6 only'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s n -l numeric -d 'No name or service look-ups; a name is an error'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l echo -d 'Send back what comes'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l discard -d 'Read and discard'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l once -d 'Serve one datagram and its answer, then exit'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s b -l broadcast -d 'Allow sending to broadcast addresses'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s v -d 'Report connections; -vv reports every step'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l quiet -d 'Report errors only'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s s -l source -d 'Use this local address, port, or both' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s w -l connect-timeout -d 'Give up connecting, look-up and all addresses, after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l prompt -d 'Ask in lockstep: prompt, send a line of stdin, wait for its answer, print it, and so on; an empty line ends it. A line has 16 MiB at most' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l retry-for -d 'Try again, with growing pauses, until it connects or this long has passed' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l replies -d 'End with status 0 after N datagrams; status 8 if they do not come in time' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l rate -d 'Send at most SIZE bytes a second, evenly' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l jobs -d 'Probes at once' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l after-eof -d 'How long to wait for datagrams after stdin\'s end, restarted by each. Left out: until as many have come as were sent, at most 1 s' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l frame -d 'How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex [default: line]' -r -f -a "line\t'a datagram a line'
block\t'so many bytes a datagram'
whole\t'all of stdin is one datagram'
len32\t'before each datagram its length, in 4 bytes'
hex\t'a line of hexadecimal digits a datagram'"
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l multicast-if -d 'Send multicasts from this interface' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l max-time -d 'End the whole run after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s i -l idle-timeout -d 'End after this long without a byte either way: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s O -l sockopt -d 'Set a socket option by name, as in rcvbuf=1M or ttl=5; \'skat info options\' lists them' -r -f -a "bindtodevice\t'use only this interface (SO_BINDTODEVICE)'
broadcast\t'may send to broadcast addresses (SO_BROADCAST)'
busy-poll\t'microseconds of busy polling on receive (SO_BUSY_POLL)'
dontroute\t'directly connected hosts only (SO_DONTROUTE)'
freebind\t'bind to an address that is not there yet (IP_FREEBIND)'
mark\t'firewall mark; needs CAP_NET_ADMIN (SO_MARK)'
mtu-discover\t'path MTU discovery: 0 off, 1 want, 2 do, 3 probe, 4 interface, 5 omit (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER)'
multicast-loop\t'own multicasts are received here too (IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP)'
multicast-ttl\t'hops of a multicast (IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS)'
priority\t'queueing priority; above 6 needs CAP_NET_ADMIN (SO_PRIORITY)'
rcvbuf\t'receive buffer in bytes (SO_RCVBUF)'
reuseaddr\t'bind beside closing connections (SO_REUSEADDR)'
reuseport\t'several sockets on one port (SO_REUSEPORT)'
sndbuf\t'send buffer in bytes (SO_SNDBUF)'
tos\t'type of service, traffic class (IP_TOS, IPV6_TCLASS)'
transparent\t'transparent proxying; needs CAP_NET_ADMIN (IP_TRANSPARENT)'
ttl\t'hops of a packet (IP_TTL, IPV6_UNICAST_HOPS)'"
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l bufsize -d 'Bytes of stdin read at a time [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s 4 -d 'IPv4 only'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s 6 -d 'IPv6 only'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s n -l numeric -d 'No name or service look-ups; a name is an error'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l send-only -d 'End as soon as stdin is sent'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s b -l broadcast -d 'Allow sending to broadcast addresses'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s v -d 'Report connections; -vv reports every step'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l quiet -d 'Report errors only'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s z -l probe -d 'Only find out whether ports are open, and print HOST PORT for each that is; PORT may be a list: 22,80,8000-8100,http'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l type -d 'The type of socket: connections of bytes, datagrams, or connections of records' -r -f -a "stream\t'Connections of bytes, as TCP\'s'
dgram\t'Datagrams, as UDP\'s, none of which is lost'
seqpacket\t'Connections of records'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l mode -d 'The permissions of the socket file, in force from the moment that it exists' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l stamp -d 'Answer each line (each datagram) with "[TIME]: LINE"' -r -f -a "ctime\t'Sun Nov 22 10:29:05 2026'
epoch\t'Seconds since 1970, with microseconds'
rfc3339\t'2026-11-22T10:29:05+01:00'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s e -l exec -d 'Run CMD for each connection, with the connection as its stdin and stdout; CMD is split into words as a shell would, but no shell runs' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s c -l sh-exec -d 'The same, through /bin/sh -c' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l forward -d 'Relay each connection to HOST:PORT, tls:HOST:PORT (verified by name) or unix:PATH' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s m -l max-conns -d 'At most N connections at a time; later ones wait in the backlog' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l backlog -d 'The length of the listen queue; the system\'s maximum if left out' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l accept-timeout -d 'Exit with status 6 if no peer comes within this time' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l after-eof -d 'End with status 0 once either side has ended and this long has passed without a byte' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l key -d 'The key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if it is not in that file' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l alpn -d 'Application protocols to agree on, best first, as in h2,http/1.1' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l tls-min -d 'The oldest version to accept [default: 1.2]' -r -f -a "1.2\t'TLS 1.2'
1.3\t'TLS 1.3'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l client-ca -d 'Accept only clients with a certificate that an authority in this file (PEM) has signed' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l cert -d 'Our certificate and its chain, in PEM; without one, a certificate is made for the run' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l handshake-timeout -d 'Give up a handshake after this long: status 6 (a service only drops that peer) [default: 10s]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l ca -d 'For the target of --forward tls: trust the authorities in this file (PEM) instead of those that the system knows' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l pin -d 'For the target: accept only the certificate with this SHA-256 fingerprint, whoever signed it' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l server-name -d 'For the target: the name to ask for and to verify, if it is not HOST' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l reply-to -d 'The peers that stdin\'s datagrams go to [default: last]' -r -f -a "last\t'The peer heard last'
first\t'The peer heard first'
all\t'Every peer heard so far'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l frame -d 'How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex [default: line]' -r -f -a "line\t'a datagram a line'
block\t'so many bytes a datagram'
whole\t'all of stdin is one datagram'
len32\t'before each datagram its length, in 4 bytes'
hex\t'a line of hexadecimal digits a datagram'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s i -l idle-timeout -d 'End after this long without a byte either way: status 6 (a service only drops that peer)' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l max-time -d 'End the whole run after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l bufsize -d 'Bytes copied at a time, and the longest line for --stamp [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s O -l sockopt -d 'Set a socket option by name, as in sndbuf=1M; \'skat info options\' lists them' -r -f -a "sndbuf\t'send buffer in bytes (SO_SNDBUF)'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l ready-fd -d 'Once listening, write PATH and a newline to this descriptor' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l ready-file -d 'Once listening, write PATH to this file, which appears complete' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l listen-fd -d 'Serve on inherited descriptor N, a socket that already listens (with --type dgram, is bound); sockets passed by systemd need no option. Its file is left to whoever made it' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l run -d 'Once listening, run CMD by /bin/sh with SKAT and SKAT_ADDR (PATH) set; when it ends, finish serving the peers that are there, then exit with its status' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l threads -d 'Event-loop threads of a service (with --type dgram, not of --exec); 0: one per core' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l echo -d 'Send back what comes'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l discard -d 'Read and discard'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l chat -d 'Send each peer\'s lines to all others, each after "<user-N> "'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l broker -d 'Send what each peer sends to all others, unchanged'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s k -l keep-open -d 'One conversation after another, until interrupted'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l once -d 'Serve one connection, the first that comes, then exit'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l no-stdin -d 'Send nothing, not even a half-close; the peer\'s end then ends the conversation'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l send-only -d 'Print nothing that is received, but read on until the peer ends'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l no-half-close -d 'Keep the sending side open after stdin\'s end'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s C -l crlf -d 'Send LF as CRLF; an existing CRLF stays one'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l tls -d 'Speak TLS over the connection'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l ignore-unexpected-eof -d 'Accept an end without close_notify as a normal end, not as a broken transfer'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l insecure -d 'For the target: accept any certificate; whoever is in between can read and change everything'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s v -d 'Report connections; -vv reports every step'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l quiet -d 'Report errors only'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l type -d 'The type of socket: connections of bytes, datagrams, or connections of records' -r -f -a "stream\t'Connections of bytes, as TCP\'s'
dgram\t'Datagrams, as UDP\'s, none of which is lost'
seqpacket\t'Connections of records'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l prompt -d 'Ask in lockstep: prompt, send a line of stdin, wait for its answer, print it, and so on; an empty line ends it. A line has 16 MiB at most' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l retry-for -d 'Try again, with growing pauses, until it connects or this long has passed' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l replies -d 'End with status 0 after N datagrams; status 8 if they do not come in time' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l rate -d 'Send at most SIZE bytes a second, evenly' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l frame -d 'How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex [default: line]' -r -f -a "line\t'a datagram a line'
block\t'so many bytes a datagram'
whole\t'all of stdin is one datagram'
len32\t'before each datagram its length, in 4 bytes'
hex\t'a line of hexadecimal digits a datagram'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l cert -d 'Our certificate and its chain, in PEM' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l key -d 'The key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if it is not in that file' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l alpn -d 'Application protocols to agree on, best first, as in h2,http/1.1' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l tls-min -d 'The oldest version to accept [default: 1.2]' -r -f -a "1.2\t'TLS 1.2'
1.3\t'TLS 1.3'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l handshake-timeout -d 'Give up a handshake after this long: status 6 [default: 10s]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l ca -d 'Trust the authorities in this file (PEM) instead of those that the system knows' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l pin -d 'Accept only the certificate with this SHA-256 fingerprint, whoever signed it' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l max-time -d 'End the whole run after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s i -l idle-timeout -d 'End after this long without a byte either way: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l bufsize -d 'Bytes copied at a time [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s O -l sockopt -d 'Set a socket option by name, as in sndbuf=1M; \'skat info options\' lists them' -r -f -a "sndbuf\t'send buffer in bytes (SO_SNDBUF)'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s w -l connect-timeout -d 'Give up connecting after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l after-eof -d 'End with status 0 once either side has ended and this long has passed without a byte. Datagrams: how long to wait for answers after stdin\'s end, restarted by each; left out, until as many have come as were sent, at most 1 s' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l server-name -d 'The name to ask for and to verify; localhost if left out' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l no-stdin -d 'Send nothing, not even a half-close; the peer\'s end then ends the conversation'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l no-half-close -d 'Keep the sending side open after stdin\'s end'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s C -l crlf -d 'Send LF as CRLF; an existing CRLF stays one'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l tls -d 'Speak TLS over the connection'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l ignore-unexpected-eof -d 'Accept an end without close_notify as a normal end, not as a broken transfer'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l insecure -d 'Accept any certificate: whoever is in between can read and change everything'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s v -d 'Report connections; -vv reports every step'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l quiet -d 'Report errors only'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l send-only -d 'Print nothing that is received, but read on until the peer ends. Datagrams: end as soon as stdin is sent, and have no name to be answered at'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l type -d 'Only entries of this socket type' -r -f -a "stream\t'SOCK_STREAM'
dgram\t'SOCK_DGRAM'
raw\t'SOCK_RAW'"
complete -c skat -n "__fish_skat_using_subcommand resolve" -l jobs -d 'Ask for this many names at once' -r
complete -c skat -n "__fish_skat_using_subcommand resolve" -l timeout -d 'Give up a name after this long: status 4' -r
complete -c skat -n "__fish_skat_using_subcommand resolve" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand resolve" -l all -d 'NAME[:SERVICE]: family, type, protocol, address, port and canonical name of each entry, separated by tabs (getaddrinfo(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l canonical -d 'NAME: its canonical name (getaddrinfo(3) with AI_CANONNAME)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l host-entry -d 'NAME or ADDRESS: the host\'s name, aliases and addresses (gethostbyname2_r(3), Python\'s gethostbyname_ex; gethostbyaddr_r(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l fqdn -d 'NAME: its fully qualified name; without NAME that of this host (Python\'s getfqdn, by getaddrinfo(3), gethostbyaddr_r(3), gethostname(2))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l name-info -d 'ADDRESS:PORT: host and service, separated by a tab (getnameinfo(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l service -d 'NAME[/PROTO]: the port of a service (getservbyname_r(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l port -d 'N[/PROTO]: the service on a port (getservbyport_r(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l protocol -d 'NAME or N: the number of a protocol, or its name (getprotobyname_r(3), getprotobynumber_r(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s 4 -d 'IPv4 only (AF_INET), which is what gethostbyname(3) knows'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s 6 -d 'IPv6 only (AF_INET6)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s n -l numeric -d 'Look nothing up: read an address (AI_NUMERICHOST); with --name-info, write numbers (NI_NUMERICHOST, NI_NUMERICSERV)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l passive -d 'With --all :SERVICE, the addresses to listen on rather than loopback (AI_PASSIVE)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l v4mapped -d 'With -6, IPv4 addresses as IPv6 where there are no others (AI_V4MAPPED)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l addrconfig -d 'Only families of which this machine has an address (AI_ADDRCONFIG)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l datagram -d 'With --name-info, the service over UDP (NI_DGRAM)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l with-name -d 'Begin each line with the name and a tab, even for a single name'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l no-name -d 'Leave the name out, even for several names'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l json -d 'One JSON object per name: query, status (ok, not-found, no-data, temporary, refused), reason, seconds, and what was found'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l quiet -d 'Report errors only'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s v -d 'Report how long each look-up took'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "hostname" -d 'This host\'s name (gethostname(2))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "families" -d 'Families of sockets: number, and whether one opens here (socket(2))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "types" -d 'Types of sockets: number, and the families of which this user can open one (socket(2))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "features" -d 'IPv6, dual-stack, SO_REUSEPORT, MPTCP, fast open, UDP GSO and GRO: each tried over loopback'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "options" -d 'The options that -O knows: what they set, and their defaults, read from a fresh socket (getsockopt(2))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "interfaces" -d 'The interfaces of this machine: name, index, MTU, addresses, flags (getifaddrs(3), if_nametoindex(3))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "limits" -d 'The listen queue (SOMAXCONN), descriptors (getrlimit(2)), buffers, ephemeral ports'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "services" -d 'The services that the system knows (getservent_r(3)), or those of a name (getservbyname_r(3))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "protocols" -d 'The protocols that the system knows (getprotoent_r(3)), or that of a name (getprotobyname_r(3))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "errors" -d 'The exit statuses of skat, and the names of errno(3)'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "address" -d 'What inet_pton(3), inet_aton(3), inet_ntop(3) and inet_ntoa(3) make of a text; status 2 if none takes it'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "order" -d 'A number in the other byte order (htons(3), htonl(3), ntohs(3), ntohl(3))'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from hostname" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from hostname" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from hostname" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from hostname" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from families" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from families" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from families" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from families" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from types" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from types" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from types" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from types" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from features" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from features" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from features" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from features" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from interfaces" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from interfaces" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from interfaces" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from interfaces" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from limits" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from limits" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from limits" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from limits" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from errors" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from errors" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from errors" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from errors" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -l log -d 'The form of the lines on stderr' -r -f -a "text\t'A sentence a line'
json\t'A JSON object a line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object a word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -s V -l version -d 'Print version'
