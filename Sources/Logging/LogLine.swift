import JSON

/// One event of the log, before it is written one way or the other.
struct LogLine {
    var time: String
    var level: Logger.Level
    var component: String
    var message: String
    /// `incident`, `request`, in the order in which they were given.
    var ids: [(name: String, value: String)]

    /// The form of the deployment guide, which people grep: time and component in brackets, then the message, then ids.
    var text: String {
        let mark = level >= .warning ? "\(level == .warning ? "WARNING" : "ERROR"): " : ""
        let tail = ids.map { " \($0.name)=\($0.value)" }.joined()
        return "[\(time)] [\(component)] \(mark)\((message + tail).escapedForTerminal)"
    }

    /// One JSON object, its members in a fixed order.
    var json: String {
        var json = JSONWriter(reserving: 160 + message.utf8.count)
        json.beginObject()
        json.field("time", time)
        json.field("level", "\(level)")
        json.field("component", component)
        json.field("message", message)
        for (name, value) in ids { json.field(name, value) }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
