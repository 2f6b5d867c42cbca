/// What the numbers of Kubernetes' protobuf messages mean, for the kinds that a client may send in that form.
///
/// A message is a name, a colon and its fields; a field its number, its name in JSON and its type: `s` text, `b` a
/// truth value, `i` a whole number, `d` a fraction, `y` bytes, `T` a time, `Q` a quantity, `I` a number or text, `F` a
/// set of fields, `R` any object, `S` a list of texts, or a message. `*` is a list of it, `%` a map from text to it;
/// `-` before a name: left out when it is zero; the name `.`: its fields belong to the message around it.
enum ProtobufSchema {
    enum Shape: Hashable {
        case one, list, map
    }
    struct Field: Hashable {
        var name: String
        var type: String
        var shape: Shape
        var isLeftOutWhenZero: Bool
    }

    /// By message and number.
    static let messages: [String: [Int: Field]] = {
        var messages: [String: [Int: Field]] = [:]
        var message = ""
        for line in (first + "\n" + second).split(separator: "\n") {
            var rest = line
            if !line.hasPrefix(" "), let colon = line.firstIndex(of: ":") {
                message = String(line[..<colon])
                messages[message] = [:]
                rest = line[line.index(after: colon)...]
            }
            for text in rest.split(separator: ",") {
                let words = text.split(separator: " ").map(String.init)
                guard words.count == 3, let number = Int(words[0]) else {
                    preconditionFailure("a field of \(message) cannot be read: \(text)")
                }
                messages[message]?[number] = field(words[1], words[2])
            }
        }
        return messages
    }()

    private static func field(_ name: String, _ type: String) -> Field {
        let shape: Shape = type.hasPrefix("*") ? .list : type.hasPrefix("%") ? .map : .one
        return Field(
            name: name.hasPrefix("-") ? String(name.dropFirst()) : name,
            type: shape == .one ? type : String(type.dropFirst()), shape: shape,
            isLeftOutWhenZero: name.hasPrefix("-"))
    }

    /// The message of a kind; nil for one that is not known in this form.
    static func message(apiVersion: String, kind: String) -> String? {
        let name = kind == "HorizontalPodAutoscaler" && apiVersion == "autoscaling/v1" ? kind + "V1" : kind
        return messages[name] == nil ? nil : name
    }
}
