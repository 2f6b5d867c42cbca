import JSON
import Kubernetes

/// Writes the Events of controllers and kubelets; the same said again is counted, as client-go's correlator does.
/// Source: k8s.io/client-go/tools/record/events_cache.go.
enum EventWriter {
    struct Note {
        var object: JSONValue
        var resource: Resource
        var reason: String
        var message: String
        var isWarning: Bool
        var component: String
        var host: String?
        var at: Double
    }

    /// So many that differ only in their words become one.
    static let aggregated = 10

    static func write(_ note: Note, _ world: inout World) {
        let namespace = note.object.namespace ?? "default"
        let uid = note.object.uid
        let key = "\(note.component)/\(note.reason)/\(note.isWarning)"
        var message = note.message
        var known = world.machines.events[uid]?[key] ?? .init()
        if known.names[message] == nil, known.names.count >= aggregated {
            message = "(combined from similar events): " + message
            if let name = known.combined, count(name, namespace, message, note, &world) { return }
        }
        if let name = known.names[message], count(name, namespace, message, note, &world) { return }
        world.machines.toldEvents += 1
        let number = String(Int(note.at * 1000) * 1000 + world.machines.toldEvents % 1000, radix: 16)
        let name = "\(note.object.name).\(String(repeating: "0", count: max(0, 16 - number.count)))\(number)"
        if message.hasPrefix("(combined") { known.combined = name } else { known.names[message] = name }
        world.machines.events[uid, default: [:]][key] = known
        let stamp = world.stamp(note.at)
        let isNew = note.component == "default-scheduler"
        var involved: JSONValue = [
            "apiVersion": .string(note.resource.apiVersion), "kind": .string(note.resource.kind),
            "name": .string(note.object.name), "uid": .string(uid),
        ]
        if let space = note.object.namespace { involved["namespace"] = .string(space) }
        var source: JSONValue = ["component": .string(note.component)]
        if let host = note.host { source["host"] = .string(host) }
        var event: JSONValue = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(namespace)], "involvedObject": involved,
            "reason": .string(note.reason), "message": .string(message),
            "type": note.isWarning ? "Warning" : "Normal", "source": source, "count": 1,
            "firstTimestamp": stamp, "lastTimestamp": stamp, "reportingComponent": "", "reportingInstance": "",
        ]
        if isNew {
            // The scheduler writes the newer form.
            event["source"] = [:]
            event["count"] = nil
            event["firstTimestamp"] = .null
            event["lastTimestamp"] = .null
            event["eventTime"] = stamp
            event["reportingComponent"] = .string(note.component)
            event["reportingInstance"] = .string(note.component)
            event["action"] = note.isWarning ? "Scheduling" : "Binding"
        }
        _ = world.add(.events, event, as: note.component)
    }

    private static func count(
        _ name: String, _ namespace: String, _ message: String, _ note: Note, _ world: inout World
    ) -> Bool {
        guard let old = world.find(.events, namespace, name) else { return false }
        guard old["count"] != nil else { return false }
        let stamp = world.stamp(note.at)
        world.edit(.events, old, as: note.component) { event in
            event["count"] = .integer((old["count"]?.intValue ?? 1) + 1)
            event["lastTimestamp"] = stamp
            event["message"] = .string(message)
        }
        return true
    }
}
