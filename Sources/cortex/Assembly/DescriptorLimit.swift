import Glibc

/// How many files and connections the process may have open.
enum DescriptorLimit {
    /// Raises the soft limit to what the system allows, at most 65,536.
    /// - Returns: the limit that holds now.
    static func raise() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let wanted = min(limit.rlim_max, 65_536)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            // When it fails, the old limit holds and is reported.
            _ = setrlimit(resource, &limit)
            _ = getrlimit(resource, &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
