import Kubernetes

/// A ConfigMap or Secret that the kubelet says is not there, or is there without a key that is asked for.
struct MissingReference {
    private let isMap: Bool
    private let name: String
    /// Nil when the object itself is missing; empty when the message does not name the key.
    private let key: String?

    /// `configmap "x" not found`, `couldn't find key k in ConfigMap ns/x`,
    /// `MountVolume.SetUp failed for volume "v" : configmap references non-existent config key: k`.
    init?(_ text: String, pod: Pod) {
        let lower = text.lowercased()
        if let found = text.firstMatch(of: /volume "([^"]+)".*references non-existent (?:config|secret) key: ([^\s:]+)/)
        {
            let volume = pod.spec.volumes?.first { $0.name == found.output.1 }
            guard let name = volume?.configMap?.name ?? volume?.secret?.secretName else { return nil }
            self.name = name
            isMap = volume?.configMap != nil
            key = String(found.output.2)
            return
        }
        let lacksKey = lower.contains("find key")
        guard lower.contains("not found") || lacksKey,
            let match = text.firstMatch(of: /\b(?i:(configmap|secret)s?)\s+"?(?:[^\s"\/]+\/)?([^\s"\/,:]+)/)
        else { return nil }
        name = String(match.output.2)
        isMap = match.output.1.lowercased() == "configmap"
        key = lacksKey ? text.firstMatch(of: /find key (\S+)/).map { String($0.output.1) } ?? "" : nil
    }

    func cause(pods: [Pod], _ subject: Subject) -> Cause {
        let noun = isMap ? "ConfigMap" : "Secret"
        let what =
            key.map { "\(noun) \(name) lacks " + ($0.isEmpty ? "a key" : "the key \(Redaction.line($0, limit: 80))") }
            ?? "\(noun) \(name) does not exist"
        // A key is asked for by the template too: another revision may ask the same object for keys that it has.
        let fault: Fault = key != nil ? .anything : isMap ? .configMap(name) : .secret(name)
        return subject.cause(
            isMap ? .configMapMissing : .secretMissing,
            "\(what)\(key == nil ? " that" : ", which") pods of \(subject.owner) need.", fault: fault, pods: pods)
    }
}
