public import JSON
import Kubernetes

/// Something that a fault can be told to do otherwise, with what it does when it is not told.
public struct FaultParameter: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case text
        /// A name as objects have it.
        case name
        case image
        /// `8Mi`
        case memory
        case number(ClosedRange<Int>)
        case choice([String])
    }
    public var name: String
    public var kind: Kind
    /// For people: what holds without it.
    public var standard: String

    init(_ name: String, _ kind: Kind, _ standard: String) {
        self.name = name
        self.kind = kind
        self.standard = standard
    }

    /// - Throws: `FaultMistake` for text that is no such value.
    func value(_ text: String) throws(FaultMistake) -> JSONValue {
        switch kind {
        case .text: if !text.isEmpty { return .string(text) }
        case .name: if Validation.isDNSName(text) { return .string(text) }
        case .image: if !text.isEmpty, !text.contains(" ") { return .string(text) }
        case .memory: if Quantity(text) != nil { return .string(text) }
        case .number(let range): if let number = Int(text), range.contains(number) { return .integer(number) }
        case .choice(let words): if words.contains(text) { return .string(text) }
        }
        throw FaultMistake("\(name) must be \(description), not “\(text)”")
    }

    /// `a whole number from 1 to 255`
    public var description: String {
        switch kind {
        case .text: "text"
        case .name: "a name of lower case letters, digits, “-” and “.”"
        case .image: "the name of an image"
        case .memory: "an amount of memory such as 8Mi"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let words): words.joined(separator: " or ")
        }
    }
}

/// Why a fault cannot be what somebody asked for, in one sentence.
public struct FaultMistake: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ words: String) { description = words }
}

extension Fault {
    /// Parameters as a JSON object has them, as a person would write their values.
    public static func given(_ object: [String: JSONValue]) -> [String: String] {
        object.mapValues { $0.stringValue ?? String(decoding: $0.rendered, as: UTF8.self) }
    }

    /// - Parameter given: parameters by name, as a person writes their values.
    /// - Throws: `FaultMistake` for a parameter that the fault does not have, and for a value that is none.
    public init(
        _ name: FaultName, at service: String, in namespace: String, given: [String: String]
    ) throws(FaultMistake) {
        self.init(name, at: service, in: namespace)
        let known = name.parameters
        for (word, text) in given.sorted(by: { $0.key < $1.key }) {
            guard let parameter = known.first(where: { $0.name == word }) else {
                let all = known.map(\.name).joined(separator: ", ")
                throw FaultMistake(
                    "\(name.rawValue) takes no parameter “\(word)”; it takes \(all.isEmpty ? "none" : all)")
            }
            parameters[word] = try parameter.value(text)
        }
    }
}

extension FaultName {
    /// What it can be told, in the order in which it is told to people.
    public var parameters: [FaultParameter] {
        switch self {
        case .crashNewRevision, .humanEditing:
            [.init("log", .text, "cannot parse settings"), .init("code", .number(1...255), "1")]
        case .crashOnlyRevision:
            [.init("log", .text, "FATAL: no such database: inventory"), .init("code", .number(1...255), "1")]
        case .badCommand: [.init("command", .text, "/nope")]
        case .imageNotFound, .statefulSetStuck, .daemonSetStuck, .gitopsOwned, .rolloutPaused:
            [.init("image", .image, "SERVICE:nope")]
        case .imageNever: [.init("image", .image, "SERVICE:absent")]
        case .imageInvalid: [.init("image", .image, "X::Y")]
        case .pullSecretMissing: [.init("image", .image, "private.example/SERVICE:2")]
        case .configMapMissing, .secretMissing: [.init("name", .name, "absent")]
        case .initHangs: [.init("host", .name, "nowhere")]
        case .initCrashes: [.init("log", .text, "migration failed")]
        case .serviceAccountMissing: [.init("account", .name, "nope")]
        case .oomLimitCut: [.init("memory", .memory, "8Mi")]
        case .requestTooBig: [.init("memory", .memory, "999Gi")]
        case .limitRange: [.init("memory", .memory, "16Mi")]
        case .slowStart: [.init("delay", .number(1...3600), "20, seconds")]
        case .readinessWrongPort, .livenessWrong: [.init("port", .number(1...65535), "8080")]
        case .serviceTargetPort: [.init("port", .number(1...65535), "9999")]
        case .hang:
            [.init("pods", .number(1...100), "1"), .init("silence", .choice(["work", "everything"]), "work")]
        case .dependencyDown: [.init("host", .name, "what it calls, else another service")]
        case .dependencyMissing: [.init("host", .name, "never-was")]
        case .nodeSelector: [.init("label", .name, "disk"), .init("value", .name, "nvme")]
        case .ghostNode: [.init("node", .name, "ghost")]
        case .taint: [.init("key", .name, "maintenance")]
        case .quotaExceeded: [.init("pods", .number(0...1000), "1")]
        case .webhookDown: [.init("webhook", .name, "check.example.com")]
        case .claimPending: [.init("class", .name, "nope")]
        case .rbacRevoked: [.init("resource", .choice(["configmaps", "secrets", "services", "pods"]), "configmaps")]
        case .controlPlaneSlow, .controlPlaneGone: [.init("seconds", Self.time, "20")]
        case .imageRegistryDown, .dnsDown, .nodeNotReady, .runtimeDown: [.init("seconds", Self.time, "for good")]
        default: []
        }
    }

    private static let time = FaultParameter.Kind.number(1...86400)
}
