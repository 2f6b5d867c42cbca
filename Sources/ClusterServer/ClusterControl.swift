import Simulation

/// What is done to the simulated cluster from outside its API, by its administrator: `POST /simulation/…`.
enum ClusterControl: Hashable {
    /// `restart`: every connection ends, for a second nobody listens, and what is stored is still there.
    case restart
    /// `hang/NAMESPACE/POD`: its processes take requests for work and answer none.
    case hang(namespace: String, pod: String)
    /// `fault/FAULT/NAMESPACE/WORKLOAD`: a fault of the catalogue, with the body's JSON object as its parameters.
    case fault(FaultName, namespace: String, workload: String)

    private static let prefix = "/simulation/"

    /// - Returns: nil for a path that is the API's; `.some(nil)` for one of these that means nothing.
    static func of(_ method: String, _ path: String) -> ClusterControl?? {
        guard path.hasPrefix(prefix) else { return nil }
        guard method == "POST" else { return .some(nil) }
        let parts = path.dropFirst(prefix.count).split(separator: "/").map(String.init)
        return switch parts.first {
        case "restart" where parts.count == 1: .restart
        case "hang" where parts.count == 3: .hang(namespace: parts[1], pod: parts[2])
        case "fault" where parts.count == 4:
            .some(FaultName(rawValue: parts[1]).map { .fault($0, namespace: parts[2], workload: parts[3]) })
        default: .some(nil)
        }
    }
}
