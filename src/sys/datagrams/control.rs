//! Control messages of datagrams (cmsg(3)): addresses, losses, and the sizes in a run.

use std::mem::{size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Room for the control messages of one datagram or run: an address of either family, the count
/// of losses, and the size.
pub const ROOM: usize = 128;

/// Where they are.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub struct Control([u8; ROOM]);

impl Control {
    /// None.
    pub const NONE: Self = Self([0; ROOM]);

    /// Writes a message behind those that take `length` bytes; gives how many they take with it.
    fn put<T: Copy>(&mut self, length: usize, level: i32, kind: i32, value: T) -> usize {
        let size = u32::try_from(size_of::<T>()).unwrap_or(u32::MAX);
        // SAFETY: these only compute.
        let (start, end, space) =
            unsafe { (libc::CMSG_LEN(0), libc::CMSG_LEN(size), libc::CMSG_SPACE(size)) };
        let Some(room) = self.0.get_mut(length..length + space as usize) else { return length };
        // SAFETY: zero is a valid value of this C structure.
        let mut header: libc::cmsghdr = unsafe { zeroed() };
        (header.cmsg_level, header.cmsg_type) = (level, kind);
        header.cmsg_len = end as usize;
        // SAFETY: there is room for the header and for the value, which begins where CMSG_DATA
        // says.
        unsafe {
            room.as_mut_ptr().cast::<libc::cmsghdr>().write_unaligned(header);
            room.as_mut_ptr().add(start as usize).cast::<T>().write_unaligned(value);
        }
        length + space as usize
    }
}

/// What the system has told of a datagram or run, where it was asked to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ancillary {
    /// The local address that it came to. For IPv4 it is the address to answer from, which for a
    /// broadcast or a multicast is the interface's (ip(7)).
    pub to: Option<IpAddr>,
    /// How many the socket had lost, ever, for want of room in its receive buffer.
    pub lost: Option<u32>,
    /// The size of each datagram of a run, but for the last.
    pub segment: Option<usize>,
}

/// Reads the control messages of a header that recvmmsg(2) has filled in.
///
/// # Safety
/// The header's control buffer is there, and holds whole messages as far as it says.
pub unsafe fn read(header: &libc::msghdr) -> Ancillary {
    let mut ancillary = Ancillary::default();
    // SAFETY: the header is one that recvmmsg filled in; the CMSG functions stay within its
    // control buffer, and each payload is read, unaligned, only after its type was checked.
    unsafe {
        let mut message = libc::CMSG_FIRSTHDR(header);
        while !message.is_null() {
            let data = libc::CMSG_DATA(message);
            match ((*message).cmsg_level, (*message).cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info = data.cast::<libc::in_pktinfo>().read_unaligned();
                    let address = Ipv4Addr::from(u32::from_be(info.ipi_spec_dst.s_addr));
                    ancillary.to = Some(address.into()).filter(|_| !address.is_unspecified());
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info = data.cast::<libc::in6_pktinfo>().read_unaligned();
                    let address = Ipv6Addr::from(info.ipi6_addr.s6_addr);
                    ancillary.to = Some(address.into()).filter(|_| !address.is_multicast());
                }
                (libc::SOL_SOCKET, libc::SO_RXQ_OVFL) => {
                    ancillary.lost = Some(data.cast::<u32>().read_unaligned());
                }
                (libc::SOL_UDP, libc::UDP_GRO) => {
                    let size = data.cast::<libc::c_int>().read_unaligned();
                    ancillary.segment = usize::try_from(size).ok().filter(|size| *size > 0);
                }
                _ => {}
            }
            message = libc::CMSG_NXTHDR(header, message);
        }
    }
    ancillary
}

/// Gives a header that is to be sent the control messages that choose its source address and the
/// size of the datagrams that it is cut into. An IPv4 source on an IPv6 socket (`v6_socket`) is
/// written in its mapped form.
pub fn write(
    header: &mut libc::msghdr,
    control: &mut Control,
    from: Option<(IpAddr, bool)>,
    segment: Option<u16>,
) {
    *control = Control::NONE;
    let mut length = 0;
    match from {
        Some((IpAddr::V4(address), false)) => {
            // SAFETY: zero is a valid value of this C structure.
            let mut info: libc::in_pktinfo = unsafe { zeroed() };
            info.ipi_spec_dst.s_addr = u32::from(address).to_be();
            length = control.put(length, libc::IPPROTO_IP, libc::IP_PKTINFO, info);
        }
        Some((address, _)) => {
            let address = match address {
                IpAddr::V4(address) => address.to_ipv6_mapped(),
                IpAddr::V6(address) => address,
            };
            // SAFETY: as above.
            let mut info: libc::in6_pktinfo = unsafe { zeroed() };
            info.ipi6_addr.s6_addr = address.octets();
            length = control.put(length, libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, info);
        }
        None => {}
    }
    if let Some(segment) = segment {
        length = control.put(length, libc::SOL_UDP, libc::UDP_SEGMENT, segment);
    }
    header.msg_control = (&raw mut *control).cast();
    header.msg_controllen = length;
}
