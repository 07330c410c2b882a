//! The text of descriptions and candidates, where it has to be other than the library or the server writes it.

/// Whether a candidate (RFC 8839 section 5.1) is of TCP.
pub(super) fn is_tcp(candidate: &str) -> bool {
    candidate.split(' ').nth(2).is_some_and(|transport| transport.eq_ignore_ascii_case("tcp"))
}

/// A description without its TCP candidates, and those as they stand on their own.
pub(super) fn without_tcp(sdp: &str) -> (String, Vec<String>) {
    let (tcp, rest): (Vec<&str>, Vec<&str>) = sdp
        .split_inclusive('\n')
        .partition(|line| line.strip_prefix("a=candidate:").is_some_and(|rest| is_tcp(rest.trim_end())));
    let tcp = tcp.into_iter().map(|line| line.trim_end().trim_start_matches("a=").to_owned()).collect();
    (rest.concat(), tcp)
}

/// An offer that says who starts the DTLS handshake: RFC 5763 section 5 lets the offerer choose.
pub(super) fn with_setup(offer: &str, we_start: bool) -> String {
    offer.replace("a=setup:actpass", if we_start { "a=setup:active" } else { "a=setup:passive" })
}

/// An offer whose sources have the stream and track of their m-line: the library believes the sources' lines (RFC 5576) rather
/// than `a=msid` (RFC 8830), and servers that give an m-line to another track may rewrite that one only.
pub(super) fn with_newest_names(offer: &str) -> String {
    let mut out = String::with_capacity(offer.len());
    let mut rest = offer;
    while !rest.is_empty() {
        let end = rest.get(1..).and_then(|tail| tail.find("\nm=")).map_or(rest.len(), |at| at + 2);
        let (section, tail) = rest.split_at(end);
        let newest = section.lines().find_map(|line| line.strip_prefix("a=msid:"));
        for line in section.split_inclusive('\n') {
            let source = line.strip_prefix("a=ssrc:").and_then(|line| line.split_once(" msid:"));
            match (newest, source) {
                (Some(newest), Some((ssrc, _))) => out.extend(["a=ssrc:", ssrc, " msid:", newest, "\r\n"]),
                _ => out.push_str(line),
            }
        }
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_track_once() {
        let offer = "v=0\r\nm=video 9 X 96\r\na=mid:1\r\na=msid:p new\r\na=ssrc:1 cname:c\r\na=ssrc:1 msid:p old\r\n\
                     m=video 9 X 96\r\na=mid:2\r\na=ssrc:2 cname:c\r\na=ssrc:2 msid:p only\r\n";
        assert_eq!(with_newest_names(offer), offer.replace("p old", "p new"));
        assert_eq!(with_newest_names(""), "");
    }

    #[test]
    fn candidates_of_tcp_are_taken_out_whole() {
        let udp = "v=0\r\na=candidate:1 1 udp 1 127.0.0.1 7 typ host\r\na=mid:0\r\n";
        let tcp = "candidate:2 1 TCP 1 127.0.0.1 7 typ host tcptype passive";
        let sdp = udp.replace("a=mid", &format!("a={tcp}\r\na=mid"));
        assert_eq!(without_tcp(&sdp), (udp.to_owned(), vec![tcp.to_owned()]));
        assert!(is_tcp(tcp) && !is_tcp("candidate:1 1 udp 1 127.0.0.1 7 typ host") && !is_tcp(""));
    }

    #[test]
    fn the_offerer_says_who_starts() {
        let offer = "a=setup:actpass\r\na=mid:0\r\na=setup:actpass\r\n";
        assert_eq!(with_setup(offer, true), offer.replace("actpass", "active"));
        assert_eq!(with_setup(offer, false), offer.replace("actpass", "passive"));
    }
}
