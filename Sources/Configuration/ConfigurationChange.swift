/// What differs between the configuration that runs and the one that the file holds now.
public struct ConfigurationChange: Hashable, Sendable {
    /// What counts at once, in words: `healing.enabled: true → false`.
    public var live: [String] = []
    /// What counts after a restart.
    public var later: [String] = []

    public init(from old: Configuration, to new: Configuration) {
        for setting in Setting.all {
            let (before, after) = (old.value(setting.key).text, new.value(setting.key).text)
            guard before != after else { continue }
            if setting.isLive {
                live.append("\(setting.key): \(before) → \(after)")
            } else {
                later.append(setting.key)
            }
        }
        if old.toolServers != new.toolServers { later.append("toolServers.servers") }
    }

    public var isEmpty: Bool { live.isEmpty && later.isEmpty }
}
