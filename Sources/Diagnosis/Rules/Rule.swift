/// Looks at a subject for one family of faults, notes what it sees, and names the causes it suspects.
protocol Rule: Sendable {
    func examine(_ subject: Subject, into report: inout Report)
}
