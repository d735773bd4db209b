//! Whose program is at the other end. Loopback is shared by all users of a machine: another one's browser must not reach this one's card.

use tokio::net::TcpStream;

/// Whether the other end belongs to another user. Where the system doesn't tell (only Linux does), it counts as the same one.
pub fn is_another_user(stream: &TcpStream) -> bool {
    #[cfg(target_os = "linux")]
    {
        linux::owner(stream).is_some_and(|owner| owner != 0 && Some(owner) != linux::own())
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = stream;
        false
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{fs, net::SocketAddr, os::unix::fs::MetadataExt as _};

    use tokio::net::TcpStream;

    /// The user that this program runs as.
    pub fn own() -> Option<u32> {
        fs::metadata("/proc/self").ok().map(|metadata| metadata.uid())
    }

    /// The user whose socket is the other end.
    pub fn owner(stream: &TcpStream) -> Option<u32> {
        let (peer, local) = (stream.peer_addr().ok()?, stream.local_addr().ok()?);
        // A socket that can do both versions of IP stands in the second table.
        ["/proc/net/tcp", "/proc/net/tcp6"]
            .iter()
            .filter_map(|table| fs::read_to_string(table).ok())
            .find_map(|table| find(&table, peer, local))
    }

    /// Rows of `proc_pid_net(5)`: number, local and remote address as hexadecimal IP:port, state, two queues and timers, retransmissions, uid.
    fn find(table: &str, peer: SocketAddr, local: SocketAddr) -> Option<u32> {
        let ends_with_port = |word: &str, address: SocketAddr| {
            let port = word.rsplit(':').next().and_then(|port| u16::from_str_radix(port, 16).ok());
            // 127.0.0.1 in the byte order of a little-endian machine, or of a big-endian one.
            port == Some(address.port()) && (word.contains("0100007F:") || word.contains("7F000001:"))
        };
        table.lines().skip(1).find_map(|row| {
            let mut words = row.split_whitespace().skip(1);
            let (own, remote) = (words.next()?, words.next()?);
            if !ends_with_port(own, peer) || !ends_with_port(remote, local) {
                return None;
            }
            words.nth(4)?.parse().ok()
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[tokio::test]
        async fn the_owner_of_ones_own_connection_is_oneself() {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let (server, _) = listener.accept().await.unwrap();
            assert!(own().is_some());
            assert_eq!(owner(&server), own());
        }

        #[test]
        fn a_row_tells_the_uid_of_its_socket() {
            let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
                   5: 0100007F:A1B2 0100007F:60F1 01 00000000:00000000 00:00000000 00000000  1001        0 12345 1\n";
            let (peer, local) = ("127.0.0.1:41394".parse().unwrap(), "127.0.0.1:24817".parse().unwrap());
            assert_eq!(find(table, peer, local), Some(1001));
            assert_eq!(find(table, local, peer), None);
        }
    }
}
