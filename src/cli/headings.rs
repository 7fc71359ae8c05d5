//! Headings of options in help and manual, in one place because several files have options under
//! each.

/// The kind of a Unix socket, and its file.
pub const SOCKET: &str = "Socket";
/// What a server does with peers.
pub const SERVICES: &str = "Services (without one: a conversation with stdin and stdout)";
/// How a server serves, whatever it does.
pub const SERVING: &str = "Serving";
/// How others know that a server is there, and how it gets its socket.
pub const STARTING: &str = "Starting";
/// Datagrams to and from many.
pub const CASTING: &str = "Broadcast and multicast";
/// How clients find their peer.
pub const CONNECTING: &str = "Connecting";
/// What is transferred, and in which form.
pub const DATA: &str = "Data";
/// What ends a run, or a connection.
pub const ENDING: &str = "Timeouts and closing";
/// What is logged on stderr.
pub const LOGGING: &str = "Logging";
/// The form of answers on stdout.
pub const OUTPUT: &str = "Output";
