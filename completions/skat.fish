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

complete -c skat -n "__fish_skat_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_needs_command" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_needs_command" -f -a "tcp-server" -d 'Serve TCP: connect a client to stdin and stdout, or run a service'
complete -c skat -n "__fish_skat_needs_command" -f -a "tcp-client" -d 'Connect by TCP: stdin is sent to the server, its data is printed'
complete -c skat -n "__fish_skat_needs_command" -f -a "udp-server" -d 'Serve UDP: print datagrams and answer from stdin, or run a service'
complete -c skat -n "__fish_skat_needs_command" -f -a "udp-client" -d 'Send stdin as UDP datagrams and print the answers'
complete -c skat -n "__fish_skat_needs_command" -f -a "unix-server" -d 'Serve a Unix socket: connect a client to stdin and stdout, or run a service'
complete -c skat -n "__fish_skat_needs_command" -f -a "unix-client" -d 'Connect to a Unix socket: stdin is sent to the server, its data is printed'
complete -c skat -n "__fish_skat_needs_command" -f -a "resolve" -d 'Look up names with the system resolver: hosts file, DNS, whatever nsswitch.conf says'
complete -c skat -n "__fish_skat_needs_command" -f -a "info" -d 'Show what this system, its kernel and this user can do'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l stamp -d 'Answer each line (datagram) with "[TIME]: LINE"' -f -a "ctime\t'Sun Nov 22 10:29:05 2026'
epoch\t'Seconds since 1970, with microseconds'
rfc3339\t'2026-11-22T10:29:05+01:00'"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s e -l exec -d 'Run CMD per connection, with the connection as its stdin and stdout; CMD is split into words using shell quoting, but no shell is run' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s c -l sh-exec -d 'The same, with CMD run by /bin/sh -c' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l forward -d 'Relay each connection to HOST:PORT, tls:HOST:PORT or unix:PATH' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s m -l max-conns -d 'At most N connections at a time; later ones wait in the backlog' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l backlog -d 'Length of the listen queue [default: the system\'s maximum]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l threads -d 'Event-loop threads of a service; 0: one per core' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l ready-fd -d 'Once listening, write ADDRESS:PORT to this descriptor, a line per socket' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l ready-file -d 'Once listening, write ADDRESS:PORT to this file, a line per socket, atomically' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l run -d 'Once listening, run CMD with /bin/sh, with SKAT, SKAT_HOST, SKAT_PORT and SKAT_ADDR set; when it exits, finish serving open connections and exit with its status' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l accept-timeout -d 'Exit with status 6 if no client connects in time' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l after-eof -d 'Exit, status 0, after EOF from either side and this long without a byte' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l cert -d 'Certificate chain (PEM) [default: a self-signed one, made for this run]' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l key -d 'Private key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if not in that file' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l alpn -d 'Application protocols, best first, as in h2,http/1.1; none in common: status 7' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l tls-min -d 'The oldest TLS version to accept [default: 1.2]' -r -f -a "1.2\t'TLS 1.2 and 1.3'
1.3\t'TLS 1.3 only'"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l handshake-timeout -d 'Give up a handshake after this long: status 6 (a service only drops that client) [default: 10s]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l client-ca -d 'Require client certificates issued by an authority in this file (PEM)' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l ca -d 'Trust the authorities in this file (PEM) instead of the system\'s' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l pin -d 'Accept only the certificate with this SHA-256 fingerprint, whoever issued it; with --ca, both must hold' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l server-name -d 'The server name to request and verify, if not HOST' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l listen-fd -d 'Serve on the inherited socket with this descriptor, already listening (for UDP, bound); sockets from systemd need no option' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l allow -d 'Allow only this address or network (10.0.0.0/8), or those in @FILE; repeatable' -r -f
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l deny -d 'Deny this address or network, or those in @FILE, even if allowed; repeatable' -r -f
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s O -l sockopt -d 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3; \'skat info options\' lists them' -r -f -a "bindtodevice\t'use only this interface (SO_BINDTODEVICE)'
busy-poll\t'microseconds of busy polling on receive (SO_BUSY_POLL)'
congestion\t'congestion control by name (TCP_CONGESTION)'
cork\t'send full segments only (TCP_CORK)'
defer-accept\t'seconds to wait for data before accept returns (TCP_DEFER_ACCEPT)'
dontroute\t'directly connected hosts only (SO_DONTROUTE)'
fastopen\t'TCP fast open: a server\'s queue length; for a client any number but 0, and the server may answer its SYN with data (TCP_FASTOPEN, TCP_FASTOPEN_CONNECT)'
freebind\t'bind to an address that is not there yet (IP_FREEBIND)'
keepalive\t'probe an idle connection: seconds idle, between probes, number of probes (SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)'
linger\t'0 closes with a reset; seconds are set, but skat waits for delivery by itself, not in close; \'off\' (SO_LINGER)'
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
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s i -l idle-timeout -d 'Exit after this long without a byte either way: status 6 (a service only drops that client)' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l max-time -d 'Exit after this long in any case: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l bufsize -d 'Copy buffer, and the longest line for --stamp: 1 byte to 1G [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s 4 -d 'IPv4 only'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s 6 -d 'IPv6 only'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s n -l numeric -d 'No name or service look-ups; a name is an error'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l echo -d 'Send all data back'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l discard -d 'Read and drop all data'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l chat -d 'Send each client\'s lines to all others, prefixed with "<user-N> "'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l broker -d 'Send each client\'s data to all others, as is'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s k -l keep-open -d 'Serve one client after another, until interrupted; without it, exit after the first'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l once -d 'Exit after one connection; without it, a service runs until interrupted'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l no-stdin -d 'Do not read stdin, send nothing (not even a half-close), and exit when the peer closes'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l send-only -d 'Print nothing received, but keep reading until the peer closes'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l no-half-close -d 'Keep the sending side open after EOF on stdin'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s C -l crlf -d 'Send LF as CRLF; an existing CRLF stays one'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l tls -d 'Speak TLS over the connection'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l ignore-unexpected-eof -d 'Treat a close without close_notify as a normal end'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l insecure -d 'Accept any certificate: anyone in between can read and change the data'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s v -l verbose -d 'Log connections; twice: every step'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -l quiet -d 'Log errors only'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand tcp-server" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s s -l source -d 'Bind this local address, port, or both first; digits alone are a PORT' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s w -l connect-timeout -d 'Give up connecting, including look-ups and all addresses, after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l prompt -d 'Work in lockstep: print a prompt, send a line of stdin (at most 16 MiB), wait for its answer, print it, and so on; an empty line quits'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l retry-for -d 'Retry refused connections, timeouts and failed look-ups, with growing pauses, until connected or this long has passed; then the status is that of the last attempt. --connect-timeout limits each; 0: do not retry' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l jobs -d 'Probes at once' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l after-eof -d 'Exit, status 0, after EOF from either side and this long without a byte' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l cert -d 'Certificate chain (PEM), for a server that asks for one' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l key -d 'Private key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if not in that file' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l alpn -d 'Application protocols, best first, as in h2,http/1.1; none in common: status 7' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l tls-min -d 'The oldest TLS version to accept [default: 1.2]' -r -f -a "1.2\t'TLS 1.2 and 1.3'
1.3\t'TLS 1.3 only'"
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l handshake-timeout -d 'Give up a handshake after this long: status 6 [default: 10s]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l ca -d 'Trust the authorities in this file (PEM) instead of the system\'s' -r -F
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l pin -d 'Accept only the certificate with this SHA-256 fingerprint, whoever issued it; with --ca, both must hold' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l server-name -d 'The server name to request and verify, if not HOST' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s O -l sockopt -d 'Set a socket option by name, as in nodelay=0, rcvbuf=1M or keepalive=60,10,3; \'skat info options\' lists them' -r -f -a "bindtodevice\t'use only this interface (SO_BINDTODEVICE)'
busy-poll\t'microseconds of busy polling on receive (SO_BUSY_POLL)'
congestion\t'congestion control by name (TCP_CONGESTION)'
cork\t'send full segments only (TCP_CORK)'
defer-accept\t'seconds to wait for data before accept returns (TCP_DEFER_ACCEPT)'
dontroute\t'directly connected hosts only (SO_DONTROUTE)'
fastopen\t'TCP fast open: a server\'s queue length; for a client any number but 0, and the server may answer its SYN with data (TCP_FASTOPEN, TCP_FASTOPEN_CONNECT)'
freebind\t'bind to an address that is not there yet (IP_FREEBIND)'
keepalive\t'probe an idle connection: seconds idle, between probes, number of probes (SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)'
linger\t'0 closes with a reset; seconds are set, but skat waits for delivery by itself, not in close; \'off\' (SO_LINGER)'
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
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s i -l idle-timeout -d 'Exit after this long without a byte either way: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l max-time -d 'Exit after this long in any case: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l bufsize -d 'Copy buffer: 1 byte to 1G [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s 4 -d 'IPv4 only'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s 6 -d 'IPv6 only'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s n -l numeric -d 'No name or service look-ups; a name is an error'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s z -l probe -d 'Only check whether ports are open, and print HOST PORT for each open one; PORT may be a list: 22,80,8000-8100,http'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l no-stdin -d 'Do not read stdin, send nothing (not even a half-close), and exit when the peer closes'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l send-only -d 'Print nothing received, but keep reading until the peer closes'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l no-half-close -d 'Keep the sending side open after EOF on stdin'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s C -l crlf -d 'Send LF as CRLF; an existing CRLF stays one'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l tls -d 'Speak TLS over the connection'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l ignore-unexpected-eof -d 'Treat a close without close_notify as a normal end'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l insecure -d 'Accept any certificate: anyone in between can read and change the data'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s v -l verbose -d 'Log connections; twice: every step'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -l quiet -d 'Log errors only'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand tcp-client" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l stamp -d 'Answer each line (datagram) with "[TIME]: LINE"' -f -a "ctime\t'Sun Nov 22 10:29:05 2026'
epoch\t'Seconds since 1970, with microseconds'
rfc3339\t'2026-11-22T10:29:05+01:00'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l forward -d 'Relay datagrams to HOST:PORT and its answers back, with a session per client, which ends after --idle-timeout [default: 60s]' -r -f -a "(__fish_print_hostnames)"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s e -l exec -d 'Run CMD per datagram, which is its stdin; its output, if any, is the answer. CMD is split into words using shell quoting, but no shell is run' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s c -l sh-exec -d 'The same, with CMD run by /bin/sh -c' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s m -l max-conns -d 'At most N sessions of --forward at a time (16384), where the one idle longest makes room for another; or N processes of --exec (100), while later datagrams wait' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l reply-to -d 'Which peers stdin\'s datagrams go to [default: last]' -r -f -a "last\t'The peer heard from last'
first\t'The peer heard from first'
all\t'All peers heard from so far'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l join -d 'Receive a multicast group, on this interface; repeatable' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l listen-fd -d 'Serve on the inherited socket with this descriptor, already bound; sockets from systemd need no option' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l threads -d 'Event-loop threads of --echo, --stamp or --discard, not of --exec or --forward; 0: one per core' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l ready-fd -d 'Once bound, write ADDRESS:PORT to this descriptor, a line per socket' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l ready-file -d 'Once bound, write ADDRESS:PORT to this file, a line per socket, atomically' -r -F
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l run -d 'Once bound, run CMD with /bin/sh, with SKAT, SKAT_HOST, SKAT_PORT and SKAT_ADDR set; when it exits, serve the datagrams that have arrived and exit with its status' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l accept-timeout -d 'Exit with status 6 if no datagram arrives in time' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l frame -d 'Format of datagrams on stdin and stdout: line, block[:SIZE], whole, len32 or hex [default: line]' -r -f -a "line\t'one datagram per line'
block\t'SIZE bytes per datagram'
whole\t'all of stdin is one datagram'
len32\t'each datagram preceded by its length, in 4 bytes'
hex\t'one line of hexadecimal digits per datagram'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l multicast-if -d 'Send multicast from this interface' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l allow -d 'Allow only this address or network (10.0.0.0/8), or those in @FILE; repeatable' -r -f
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l deny -d 'Deny this address or network, or those in @FILE, even if allowed; repeatable' -r -f
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
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s i -l idle-timeout -d 'Exit after this long without a datagram either way: status 6; with --forward or --exec, end a session or a process that is idle this long; other services have nobody to drop' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l max-time -d 'Exit after this long in any case: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l bufsize -d 'Bytes of stdin read at a time: 1 byte to 1G [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s 4 -d 'IPv4 only'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s 6 -d 'IPv6 only'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s n -l numeric -d 'No name or service look-ups; a name is an error'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l echo -d 'Send all data back'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l discard -d 'Read and drop all data'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l once -d 'Serve one datagram and its answer, then exit'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s b -l broadcast -d 'Allow sending to broadcast addresses'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s v -l verbose -d 'Log connections; twice: every step'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -l quiet -d 'Log errors only'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand udp-server" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s s -l source -d 'Bind this local address, port, or both first; digits alone are a PORT' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s w -l connect-timeout -d 'Give up connecting, including look-ups and all addresses, after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l prompt -d 'Work in lockstep: print a prompt, send a line of stdin (at most 16 MiB), wait for its answer, print it, and so on; an empty line quits'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l retry-for -d 'Retry refused connections, timeouts and failed look-ups, with growing pauses, until connected or this long has passed; then the status is that of the last attempt. --connect-timeout limits each; 0: do not retry' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l jobs -d 'Probes at once' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l replies -d 'Exit, status 0, after N replies; status 8 if they do not arrive in time' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l rate -d 'Send at most SIZE bytes per second, evenly' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l after-eof -d 'How long to wait for datagrams after EOF on stdin, restarted by each. By default, one reply per datagram sent, at most 1 s' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l frame -d 'Format of datagrams on stdin and stdout: line, block[:SIZE], whole, len32 or hex [default: line]' -r -f -a "line\t'one datagram per line'
block\t'SIZE bytes per datagram'
whole\t'all of stdin is one datagram'
len32\t'each datagram preceded by its length, in 4 bytes'
hex\t'one line of hexadecimal digits per datagram'"
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l multicast-if -d 'Send multicast from this interface' -r
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
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s i -l idle-timeout -d 'Exit after this long without a byte either way: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l max-time -d 'Exit after this long in any case: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l bufsize -d 'Bytes of stdin read at a time: 1 byte to 1G [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s 4 -d 'IPv4 only'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s 6 -d 'IPv6 only'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s n -l numeric -d 'No name or service look-ups; a name is an error'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s z -l probe -d 'Only check whether ports are open, and print HOST PORT for each open one; PORT may be a list: 22,80,8000-8100,http'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l send-only -d 'Exit as soon as stdin is sent'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s b -l broadcast -d 'Allow sending to broadcast addresses'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s v -l verbose -d 'Log connections; twice: every step'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -l quiet -d 'Log errors only'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand udp-client" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l type -d 'The type of socket' -r -f -a "stream\t'Byte streams, like TCP'
dgram\t'Datagrams, like UDP, but none is lost'
seqpacket\t'Connections that keep record boundaries'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l mode -d 'Permissions of the socket file, from its creation on' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l stamp -d 'Answer each line (datagram) with "[TIME]: LINE"' -f -a "ctime\t'Sun Nov 22 10:29:05 2026'
epoch\t'Seconds since 1970, with microseconds'
rfc3339\t'2026-11-22T10:29:05+01:00'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s e -l exec -d 'Run CMD per connection, with the connection as its stdin and stdout; CMD is split into words using shell quoting, but no shell is run' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s c -l sh-exec -d 'The same, with CMD run by /bin/sh -c' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l forward -d 'Relay each connection to HOST:PORT, tls:HOST:PORT or unix:PATH' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s m -l max-conns -d 'At most N connections at a time; later ones wait in the backlog' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l backlog -d 'Length of the listen queue [default: the system\'s maximum]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l threads -d 'Event-loop threads of a service (with --type dgram, not of --forward and --exec); 0: one per core' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l ready-fd -d 'Once listening, write PATH and a newline to this descriptor' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l ready-file -d 'Once listening, write PATH to this file, atomically' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l run -d 'Once listening, run CMD with /bin/sh, with SKAT and SKAT_ADDR (PATH) set; when it exits, finish serving open connections and exit with its status' -r -f -a "(__fish_complete_command)"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l accept-timeout -d 'Exit with status 6 if no client connects in time' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l after-eof -d 'Exit, status 0, after EOF from either side and this long without a byte' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l cert -d 'Certificate chain (PEM) [default: a self-signed one, made for this run]' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l key -d 'Private key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if not in that file' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l alpn -d 'Application protocols, best first, as in h2,http/1.1; none in common: status 7' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l tls-min -d 'The oldest TLS version to accept [default: 1.2]' -r -f -a "1.2\t'TLS 1.2 and 1.3'
1.3\t'TLS 1.3 only'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l handshake-timeout -d 'Give up a handshake after this long: status 6 (a service only drops that client) [default: 10s]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l client-ca -d 'Require client certificates issued by an authority in this file (PEM)' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l ca -d 'Trust the authorities in this file (PEM) instead of the system\'s' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l pin -d 'Accept only the certificate with this SHA-256 fingerprint, whoever issued it; with --ca, both must hold' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l server-name -d 'The server name to request and verify, if not HOST' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l listen-fd -d 'Serve on the inherited socket with this descriptor, already listening (with --type dgram, bound); sockets from systemd need no option. The socket file is not removed' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l reply-to -d 'Which peers stdin\'s datagrams go to [default: last]' -r -f -a "last\t'The peer heard from last'
first\t'The peer heard from first'
all\t'All peers heard from so far'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l frame -d 'Format of datagrams on stdin and stdout: line, block[:SIZE], whole, len32 or hex [default: line]' -r -f -a "line\t'one datagram per line'
block\t'SIZE bytes per datagram'
whole\t'all of stdin is one datagram'
len32\t'each datagram preceded by its length, in 4 bytes'
hex\t'one line of hexadecimal digits per datagram'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s O -l sockopt -d 'Set a socket option by name, as in sndbuf=1M; \'skat info options\' lists them' -r -f -a "sndbuf\t'send buffer in bytes (SO_SNDBUF)'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s i -l idle-timeout -d 'Exit after this long without a byte either way: status 6 (a service only drops that client); with --type dgram, only --forward and --exec have somebody to drop' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l max-time -d 'Exit after this long in any case: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l bufsize -d 'Copy buffer, and the longest line for --stamp: 1 byte to 1G [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l echo -d 'Send all data back'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l discard -d 'Read and drop all data'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l chat -d 'Send each client\'s lines to all others, prefixed with "<user-N> "'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l broker -d 'Send each client\'s data to all others, as is'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s k -l keep-open -d 'Serve one client after another, until interrupted; without it, exit after the first'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l once -d 'Exit after one connection; without it, a service runs until interrupted'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l no-stdin -d 'Do not read stdin, send nothing (not even a half-close), and exit when the peer closes'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l send-only -d 'Print nothing received, but keep reading until the peer closes'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l no-half-close -d 'Keep the sending side open after EOF on stdin'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s C -l crlf -d 'Send LF as CRLF; an existing CRLF stays one'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l tls -d 'Speak TLS over the connection'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l ignore-unexpected-eof -d 'Treat a close without close_notify as a normal end'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l insecure -d 'Accept any certificate: anyone in between can read and change the data'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s v -l verbose -d 'Log connections; twice: every step'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -l quiet -d 'Log errors only'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand unix-server" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l type -d 'The type of socket' -r -f -a "stream\t'Byte streams, like TCP'
dgram\t'Datagrams, like UDP, but none is lost'
seqpacket\t'Connections that keep record boundaries'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s w -l connect-timeout -d 'Give up connecting after this long: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l prompt -d 'Work in lockstep: print a prompt, send a line of stdin (at most 16 MiB), wait for its answer, print it, and so on; an empty line quits'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l retry-for -d 'Retry refused connections and timeouts, with growing pauses, until connected or this long has passed; then the status is that of the last attempt. --connect-timeout limits each; 0: do not retry' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l after-eof -d 'Exit, status 0, after EOF from either side and this long without a byte. Datagrams: how long to wait for answers after EOF on stdin, restarted by each; by default, one reply per datagram sent, at most 1 s' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l replies -d 'Exit, status 0, after N replies; status 8 if they do not arrive in time' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l rate -d 'Send at most SIZE bytes per second, evenly' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l frame -d 'Format of datagrams on stdin and stdout: line, block[:SIZE], whole, len32 or hex [default: line]' -r -f -a "line\t'one datagram per line'
block\t'SIZE bytes per datagram'
whole\t'all of stdin is one datagram'
len32\t'each datagram preceded by its length, in 4 bytes'
hex\t'one line of hexadecimal digits per datagram'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l cert -d 'Certificate chain (PEM), for a server that asks for one' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l key -d 'Private key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if not in that file' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l alpn -d 'Application protocols, best first, as in h2,http/1.1; none in common: status 7' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l tls-min -d 'The oldest TLS version to accept [default: 1.2]' -r -f -a "1.2\t'TLS 1.2 and 1.3'
1.3\t'TLS 1.3 only'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l handshake-timeout -d 'Give up a handshake after this long: status 6 [default: 10s]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l ca -d 'Trust the authorities in this file (PEM) instead of the system\'s' -r -F
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l pin -d 'Accept only the certificate with this SHA-256 fingerprint, whoever issued it; with --ca, both must hold' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l server-name -d 'The server name to request and verify [default: localhost]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s O -l sockopt -d 'Set a socket option by name, as in sndbuf=1M; \'skat info options\' lists them' -r -f -a "sndbuf\t'send buffer in bytes (SO_SNDBUF)'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s i -l idle-timeout -d 'Exit after this long without a byte either way: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l max-time -d 'Exit after this long in any case: status 6' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l bufsize -d 'Copy buffer: 1 byte to 1G [default: 64K]' -r
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l no-stdin -d 'Do not read stdin, send nothing (not even a half-close), and exit when the peer closes'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l send-only -d 'Print nothing received, but keep reading until the peer closes. Datagrams: exit as soon as stdin is sent, with no name for answers'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l no-half-close -d 'Keep the sending side open after EOF on stdin'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s C -l crlf -d 'Send LF as CRLF; an existing CRLF stays one'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l tls -d 'Speak TLS over the connection'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l ignore-unexpected-eof -d 'Treat a close without close_notify as a normal end'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l insecure -d 'Accept any certificate: anyone in between can read and change the data'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s v -l verbose -d 'Log connections; twice: every step'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -l quiet -d 'Log errors only'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand unix-client" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l type -d 'Only entries of this socket type; where an ADDRESS is asked for its names (without --all, --canonical or -n), it changes nothing' -r -f -a "stream\t'SOCK_STREAM'
dgram\t'SOCK_DGRAM'
raw\t'SOCK_RAW'"
complete -c skat -n "__fish_skat_using_subcommand resolve" -l jobs -d 'Look up this many names at once' -r
complete -c skat -n "__fish_skat_using_subcommand resolve" -l timeout -d 'Give up on a name after this long: status 4' -r
complete -c skat -n "__fish_skat_using_subcommand resolve" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand resolve" -l all -d 'NAME[:SERVICE]: family, type, protocol, address, port and canonical name of each entry, separated by tabs (getaddrinfo(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l canonical -d 'NAME: its canonical name (getaddrinfo(3) with AI_CANONNAME)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l host-entry -d 'NAME or ADDRESS: the host\'s name, aliases and addresses (gethostbyname2_r(3), Python\'s gethostbyname_ex; gethostbyaddr_r(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l fqdn -d 'NAME: its fully qualified name; without NAME that of this host (getaddrinfo(3), gethostbyaddr_r(3), gethostname(2))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l name-info -d 'ADDRESS:PORT: host and service, separated by a tab (getnameinfo(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l service -d 'NAME[/PROTO]: the port of a service (getservbyname_r(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l port -d 'N[/PROTO]: the service on a port (getservbyport_r(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l protocol -d 'NAME or N: the number of a protocol, or its name (getprotobyname_r(3), getprotobynumber_r(3))'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s 4 -d 'IPv4 only (AF_INET), as gethostbyname(3)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s 6 -d 'IPv6 only (AF_INET6)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s n -l numeric -d 'No look-ups: accept only addresses (AI_NUMERICHOST); with --name-info, print numbers (NI_NUMERICHOST, NI_NUMERICSERV)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l passive -d 'With --all :SERVICE, print the addresses to listen on rather than loopback (AI_PASSIVE)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l v4mapped -d 'With -6, map IPv4 addresses to IPv6 if there are no others (AI_V4MAPPED); without -6, or where an ADDRESS is asked for its names (without --all, --canonical or -n), it changes nothing'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l addrconfig -d 'For names, only families for which this machine has an address (AI_ADDRCONFIG)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l datagram -d 'With --name-info, the service over UDP (NI_DGRAM)'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l with-name -d 'Prefix each line with the name and a tab, also for a single name'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l no-name -d 'Omit the name, also for several'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l json -d 'Print one JSON object per name: query, status (ok, not-found, no-data, temporary, refused), reason, seconds, and the fields of the answer'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s v -l verbose -d 'Log how long each look-up took'
complete -c skat -n "__fish_skat_using_subcommand resolve" -l quiet -d 'Log errors only'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand resolve" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "hostname" -d 'This host\'s name (gethostname(2))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "families" -d 'Families of sockets: number, and whether one opens here (socket(2))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "types" -d 'Types of sockets: number, and the families of which this user can open one (socket(2))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "features" -d 'IPv6, dual-stack, SO_REUSEPORT, MPTCP, fast open, UDP GSO and GRO: each tried over loopback'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "options" -d 'The options that -O knows: what they set, and their defaults, read from a fresh socket (getsockopt(2))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "interfaces" -d 'The interfaces of this machine: name, index, MTU, addresses, flags (getifaddrs(3), if_nametoindex(3))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "limits" -d 'The listen queue (SOMAXCONN), descriptors (getrlimit(2)), buffers, ephemeral ports'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "services" -d 'The services that the system knows (getservent_r(3)), or those with a name or port (getservbyname_r(3), getservbyport_r(3))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "protocols" -d 'The protocols that the system knows (getprotoent_r(3)), or the one with a name or number (getprotobyname_r(3), getprotobynumber_r(3))'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "errors" -d 'The exit statuses of skat, and the names of errno(3)'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "address" -d 'How inet_pton(3), inet_aton(3), inet_ntop(3) and inet_ntoa(3) read a text; status 2, and nothing on stdout at all, if none accepts one of them'
complete -c skat -n "__fish_skat_using_subcommand info; and not __fish_seen_subcommand_from hostname families types features options interfaces limits services protocols errors address order" -f -a "order" -d 'A number in the other byte order (htons(3), htonl(3), ntohs(3), ntohl(3))'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from hostname" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from hostname" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from hostname" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from hostname" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from families" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from families" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from families" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from families" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from types" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from types" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from types" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from types" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from features" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from features" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from features" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from features" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from interfaces" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from interfaces" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from interfaces" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from interfaces" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from limits" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from limits" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from limits" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from limits" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from errors" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from errors" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from errors" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from errors" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -l log -d 'Format of the log on stderr' -r -f -a "text\t'A sentence per line'
json\t'A JSON object per line'"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -l json -d 'Print JSON: an object with the topic\'s name as its key; for address and order, an object per word'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -s V -l version -d 'Print version'
complete -c skat -n "__fish_skat_using_subcommand help" -f -a "tcp-server tcp-client udp-server udp-client unix-server unix-client resolve info"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from options" -f -a "tcp udp unix"
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from services" -f -a ""
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from protocols" -f -a ""
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from address" -f -a ""
complete -c skat -n "__fish_skat_using_subcommand info; and __fish_seen_subcommand_from order" -f -a ""
