/// Durations as people write them: `500ms`, `30s`, `2m`, `1h`, or a bare number of seconds.
public enum DurationText {
    /// - Returns: nil when the text is not a duration of zero or more.
    public static func parse(_ text: String) -> Duration? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        let unit = units.first { text.hasSuffix($0.0) }
        guard let number = Double(unit.map { text.dropLast($0.0.count) } ?? text[...]), number.isFinite, number >= 0,
            number < 1e9
        else { return nil }
        return .milliseconds(Int64((number * (unit?.1 ?? 1) * 1000).rounded()))
    }

    public static func format(_ duration: Duration) -> String {
        let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
