/// Spans as `kubectl` prints them. Source: k8s.io/apimachinery/pkg/util/duration.
enum HumanTime {
    static func span(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.down))
        if seconds < 0 { return seconds < -1 ? "<invalid>" : "0s" }
        if seconds < 120 { return "\(seconds)s" }
        let minutes = seconds / 60
        if minutes < 10 { return seconds % 60 == 0 ? "\(minutes)m" : "\(minutes)m\(seconds % 60)s" }
        if minutes < 180 { return "\(minutes)m" }
        let hours = minutes / 60
        if hours < 8 { return minutes % 60 == 0 ? "\(hours)h" : "\(hours)h\(minutes % 60)m" }
        if hours < 48 { return "\(hours)h" }
        let days = hours / 24
        if days < 8 { return hours % 24 == 0 ? "\(days)d" : "\(days)d\(hours % 24)h" }
        if days < 730 { return "\(days)d" }
        return days / 365 < 8 ? "\(days / 365)y\(days % 365)d" : "\(days / 365)y"
    }
}
