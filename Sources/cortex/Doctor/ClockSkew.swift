import FoundationEssentials
import JSON

/// How far two clocks are apart, judged by what Cortex measures with them.
///
/// The grace that a person's change has is counted from the API server's times to this machine's, so a difference
/// of its size makes Cortex revert people at once, or never act.
enum ClockSkew {
    /// The `Date` header has whole seconds, and the answer took its way.
    private static let noise = 2.0
    private static let bearable = 10.0

    static func check(serverDate: String?, sent: Date, received: Date) -> DoctorCheck {
        guard let serverDate, let date = date(fromHTTP: serverDate) else {
            return DoctorCheck(.cluster, "clock", .skipped, "the API server's answer carries no Date header")
        }
        // Truncated to seconds: in the mean half a second behind.
        let here = (sent.timeIntervalSince1970 + received.timeIntervalSince1970) / 2
        let seconds = date.timeIntervalSince1970 + 0.5 - here
        let size = abs(seconds)
        guard size > noise else { return DoctorCheck(.cluster, "clock", .ok, "within 2 s of the API server's") }
        return DoctorCheck(
            .cluster, "clock", size > bearable ? .failed : .warning,
            "this machine is \(Int(size.rounded())) s \(seconds > 0 ? "behind" : "ahead of") the API server",
            remedy: "Set both clocks by NTP: timedatectl status, on this machine and on the control plane.")
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7.
    static func date(fromHTTP text: String) -> Date? {
        let words = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let number = month + 1
        return RFC3339.date(from: "\(words[3])-\(number < 10 ? "0" : "")\(number)-\(words[1])T\(words[4])Z")
    }
}
