/// The annotations by which people keep Cortex away from an object.
public enum PauseMark {
    /// `cortex.io/paused`, `cortex.io/pause-until`, …, unless its value switches it off.
    public static func isOurs(_ key: String, _ value: String) -> Bool {
        key.hasPrefix("cortex.io/") && key.contains("pause")
            && !["false", "no", "off", ""].contains(value.lowercased())
    }
}
