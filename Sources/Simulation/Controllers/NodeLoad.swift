import JSON
import Kubernetes

/// A node with what runs on it, as the scheduler weighs it.
struct NodeLoad: Sendable {
    let name: String
    let labels: [String: String]
    let taints: [JSONValue]
    let isCordoned: Bool
    let cpu: Double
    let memory: Double
    let room: Int
    private(set) var usedCPU = 0.0
    private var usedMemory = 0.0
    private var pods: [PodRequest] = []

    static func all(_ world: World) -> [NodeLoad] {
        var loads = world.all(.nodes, in: nil).sorted { $0.name < $1.name }.map { NodeLoad($0) }
        var index: [String: Int] = [:]
        for (position, load) in loads.enumerated() { index[load.name] = position }
        for pod in world.all(.pods, in: nil) where !pod.isFinished {
            if let node = pod.nodeName, let position = index[node] { loads[position].take(PodRequest(pod)) }
        }
        return loads
    }

    private init(_ node: JSONValue) {
        name = node.name
        labels = node.labels
        taints = node.at("spec", "taints")?.arrayValue ?? []
        isCordoned = node.at("spec", "unschedulable")?.boolValue ?? false
        func amount(_ resource: String) -> Double {
            let text = node.at("status", "allocatable", resource)?.stringValue
            return text.flatMap { Quantity($0)?.value } ?? 0
        }
        cpu = amount("cpu")
        memory = amount("memory")
        room = Int(amount("pods"))
    }

    mutating func take(_ request: PodRequest) {
        usedCPU += request.cpu
        usedMemory += request.memory
        pods.append(request)
    }

    /// The larger share of CPU and memory that would be in use.
    func share(with request: PodRequest) -> Double {
        max((usedCPU + request.cpu) / max(cpu, 0.001), (usedMemory + request.memory) / max(memory, 1))
    }

    /// Why the pod cannot run here, in the scheduler's words; empty when it can.
    func obstacles(to request: PodRequest) -> [String] {
        if isCordoned { return ["node(s) were unschedulable"] }
        let taint = taints.first { taint in
            taint["effect"]?.stringValue != "PreferNoSchedule" && !request.tolerates(taint)
                && taint["key"]?.stringValue != "node.kubernetes.io/unschedulable"
        }
        if let taint {
            let key = taint["key"]?.stringValue ?? ""
            let value = taint["value"]?.stringValue ?? ""
            return ["node(s) had taint {\(key): \(value)}, that the pod didn't tolerate"]
        }
        guard request.accepts(node: labels, name: name) else { return ["node(s) didn't match Pod's node affinity"] }
        var found: [String] = []
        if pods.count >= room { found.append("Too many pods") }
        if usedCPU + request.cpu > cpu { found.append("Insufficient cpu") }
        if usedMemory + request.memory > memory { found.append("Insufficient memory") }
        if !found.isEmpty { return found }
        if request.hostPorts.contains(where: { port in pods.contains { $0.hostPorts.contains(port) } }) {
            return ["node(s) didn't have free ports for the requested pod ports"]
        }
        return affinityObstacles(to: request)
    }

    /// The scheduler says this of every rule, and then which it was.
    private static let mismatch = "node(s) didn't match pod affinity/anti-affinity"

    /// Topology is the node itself: `kubernetes.io/hostname`.
    private func affinityObstacles(to request: PodRequest) -> [String] {
        let rule = "requiredDuringSchedulingIgnoredDuringExecution"
        func meets(_ term: JSONValue, _ pod: PodRequest, from namespace: String) -> Bool {
            let spaces = (term["namespaces"]?.arrayValue ?? []).compactMap(\.stringValue)
            let isInScope = spaces.isEmpty ? pod.namespace == namespace : spaces.contains(pod.namespace)
            return isInScope && LabelMatch.selector(term["labelSelector"], pod.labels)
        }
        let apart = request.affinity?.at("podAntiAffinity", rule)?.arrayValue ?? []
        let keepsApart = apart.contains { term in pods.contains { meets(term, $0, from: request.namespace) } }
        let isKeptApart = pods.contains { pod in
            (pod.affinity?.at("podAntiAffinity", rule)?.arrayValue ?? []).contains {
                meets($0, request, from: pod.namespace)
            }
        }
        if keepsApart {
            return [Self.mismatch, "node(s) didn't match pod anti-affinity rules"]
        }
        if isKeptApart { return [Self.mismatch, "node(s) didn't satisfy existing pods anti-affinity rules"] }
        let together = request.affinity?.at("podAffinity", rule)?.arrayValue ?? []
        let isLonely = together.contains { term in !pods.contains { meets(term, $0, from: request.namespace) } }
        return isLonely ? [Self.mismatch, "node(s) didn't match pod affinity rules"] : []
    }
}
