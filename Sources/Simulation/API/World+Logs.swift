import JSON
import Kubernetes

extension World {
    /// - Throws: what the kubelet says of a container that has no log, in its words.
    func log(_ call: APICall, _ address: APIAddress) throws(APIStatus) -> LogCursor {
        let pod = try get(address)
        let names = ["initContainers", "containers"].flatMap { list in
            (pod.at("spec", list)?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        }
        let main = (pod.at("spec", "containers")?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        guard let container = call["container"] ?? (names.count == 1 ? main.first : nil) else {
            throw Refusals.badRequest(
                "a container name must be specified for pod \(pod.name), choose one of: "
                    + "[\(main.joined(separator: " "))]"
            )
        }
        guard names.contains(container) else {
            throw Refusals.badRequest("container \(container) is not valid for pod \(pod.name)")
        }
        var cursor = LogCursor(uid: pod.uid, container: container)
        cursor.isPrevious = call.isSet("previous")
        cursor.follows = call.isSet("follow")
        cursor.hasTimestamps = call.isSet("timestamps")
        cursor.tailLines = call["tailLines"].flatMap { Int($0) }
        cursor.limitBytes = call["limitBytes"].flatMap { Int($0) }
        if let age = call["sinceSeconds"].flatMap({ Double($0) }) { cursor.since = seconds - age }
        if let time = call["sinceTime"].flatMap({ Stamp.seconds($0) }) { cursor.since = time - epoch }
        try check(cursor, pod)
        return cursor
    }

    private func check(_ cursor: LogCursor, _ pod: JSONValue) throws(APIStatus) {
        let statuses = ["initContainerStatuses", "containerStatuses"].flatMap { pod.at("status", $0)?.arrayValue ?? [] }
        let status = statuses.first { $0["name"]?.stringValue == cursor.container }
        if cursor.isPrevious {
            guard status?["lastState"]?["terminated"] != nil else {
                throw Refusals.badRequest(
                    "previous terminated container \"\(cursor.container)\" in pod \"\(pod.name)\" not found")
            }
            return
        }
        let hasRun = status?["lastState"]?["terminated"] != nil
        if let waiting = status?["state"]?["waiting"], !hasRun {
            let reason = waiting["reason"]?.stringValue ?? "ContainerCreating"
            let why =
                switch reason {
                case "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName":
                    reason == "ErrImagePull" || reason == "ErrImageNeverPull"
                        ? "image can't be pulled" : "trying and failing to pull image"
                default: reason
                }
            throw Refusals.badRequest(
                "container \"\(cursor.container)\" in pod \"\(pod.name)\" is waiting to start: \(why)")
        }
    }

    /// What there is to send now, and whether the stream is over.
    public func read(_ cursor: inout LogCursor) -> (lines: [String], isOver: Bool) {
        let pod = store.object(uid: cursor.uid)?.object
        let container = cursor.container
        guard let all = log(ofPod: cursor.uid, container: container, previous: cursor.isPrevious) else {
            return ([], true)
        }
        // A shorter log than before is that of the next run.
        if all.count < cursor.position { cursor.position = 0 }
        var lines = Array(all[cursor.position...])
        cursor.position = all.count
        if !cursor.hasStarted {
            cursor.hasStarted = true
            if let since = cursor.since { lines = lines.filter { $0.at >= since } }
            if let tail = cursor.tailLines { lines = Array(lines.suffix(tail)) }
        }
        var texts = lines.map { line in
            cursor.hasTimestamps ? "\(Stamp.microText(epoch + line.at)) \(line.text)" : line.text
        }
        if let limit = cursor.limitBytes {
            var left = limit
            texts = texts.filter { text in
                left -= text.utf8.count + 1
                return left >= 0
            }
        }
        let statuses = pod?.at("status", "containerStatuses")?.arrayValue ?? []
        let isRunning = statuses.contains {
            $0["name"]?.stringValue == container && $0.at("state", "running") != nil
        }
        return (texts, !cursor.follows || pod == nil || !isRunning)
    }
}
