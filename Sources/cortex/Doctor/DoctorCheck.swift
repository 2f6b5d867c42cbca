/// One thing that the doctor looked at.
struct DoctorCheck: Sendable, Hashable {
    enum Area: String, Sendable, CaseIterable {
        case configuration, identity, cluster, rights, reach, storage
    }

    enum State: String, Sendable, CaseIterable {
        case ok, warning, failed
        /// Not looked at, and the detail says why.
        case skipped
    }

    var area: Area
    var name: String
    var state: State
    /// What was found.
    var detail: String
    /// What a person can do about it; nil where there is nothing to do.
    var remedy: String?

    init(_ area: Area, _ name: String, _ state: State, _ detail: String, remedy: String? = nil) {
        self.area = area
        self.name = name
        self.state = state
        self.detail = detail
        self.remedy = remedy
    }
}
