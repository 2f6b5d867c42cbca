import JSON

/// A request's body in Kubernetes' binary form, which newer `kubectl` prefers for what it makes itself: four letters,
/// then the object in an envelope that names its kind.
/// Source: k8s.io/apimachinery/pkg/runtime/serializer/protobuf and pkg/runtime/generated.proto.
enum ProtobufObject {
    static let contentType = "application/vnd.kubernetes.protobuf"
    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    /// Messages within messages.
    private static let maximumDepth = 100

    /// - Returns: the object as its JSON would be; nil for bytes that are none, or for a kind that is not known here.
    static func read(_ body: [UInt8]) -> JSONValue? {
        guard body.starts(with: magic) else { return nil }
        do {
            var envelope = ProtobufReader(body.dropFirst(magic.count))
            var raw: ArraySlice<UInt8> = []
            var apiVersion = ""
            var kind = ""
            while let field = try envelope.next() {
                guard case .bytes(let bytes) = field.value else { continue }
                if field.number == 2 { raw = bytes }
                guard field.number == 1 else { continue }
                var type = ProtobufReader(bytes)
                while let part = try type.next() {
                    guard case .bytes(let text) = part.value else { continue }
                    if part.number == 1 { apiVersion = String(decoding: text, as: UTF8.self) }
                    if part.number == 2 { kind = String(decoding: text, as: UTF8.self) }
                }
            }
            guard let message = ProtobufSchema.message(apiVersion: apiVersion, kind: kind) else { return nil }
            var members = try object(message, raw, depth: 0)
            members["apiVersion"] = .string(apiVersion)
            members["kind"] = .string(kind)
            return .object(members)
        } catch {
            return nil
        }
    }

    private static func object(
        _ message: String, _ bytes: ArraySlice<UInt8>, depth: Int
    ) throws(ProtobufReader.Malformed) -> [String: JSONValue] {
        guard depth < maximumDepth else { throw .init(offset: bytes.startIndex) }
        var reader = ProtobufReader(bytes)
        var members: [String: JSONValue] = [:]
        while let (number, value) = try reader.next() {
            // Fields of newer versions than the table's are left out, as an older server does.
            guard let field = ProtobufSchema.messages[message]?[number] else { continue }
            if field.name == ".", case .bytes(let inner) = value {
                members.merge(try object(field.type, inner, depth: depth + 1)) { $1 }
                continue
            }
            switch field.shape {
            case .one:
                let single = try Self.value(of: field.type, value, depth: depth)
                if !(field.isLeftOutWhenZero && isZero(single)) { members[field.name] = single }
            case .list:
                let known = members[field.name]?.arrayValue ?? []
                members[field.name] = .array(known + [try Self.value(of: field.type, value, depth: depth)])
            case .map:
                guard case .bytes(let entry) = value else { continue }
                var known = members[field.name]?.objectValue ?? [:]
                let (key, inner) = try Self.entry(entry, of: field.type, depth: depth)
                known[key] = inner
                members[field.name] = .object(known)
            }
        }
        return members
    }

    private static func entry(
        _ bytes: ArraySlice<UInt8>, of type: String, depth: Int
    ) throws(ProtobufReader.Malformed) -> (String, JSONValue) {
        var reader = ProtobufReader(bytes)
        var key = ""
        var inner = ProtobufReader.Value.bytes([])
        while let (number, value) = try reader.next() {
            if number == 1, case .bytes(let text) = value { key = String(decoding: text, as: UTF8.self) }
            if number == 2 { inner = value }
        }
        return (key, try value(of: type, inner, depth: depth))
    }

    private static func isZero(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .integer(let number): number == 0
        case .bool(let truth): !truth
        default: false
        }
    }

    private static func value(
        of type: String, _ value: ProtobufReader.Value, depth: Int
    ) throws(ProtobufReader.Malformed) -> JSONValue {
        switch value {
        case .number(let number):
            switch type {
            case "b": return .bool(number != 0)
            case "d": return .number(Double(bitPattern: number))
            default: return .integer(Int64(bitPattern: number))
            }
        case .bytes(let bytes):
            switch type {
            case "s": return .string(String(decoding: bytes, as: UTF8.self))
            case "y": return .string(Base64.text(Array(bytes)))
            case "T", "Q", "I", "F", "R", "S": return try special(type, bytes)
            default: return .object(try object(type, bytes, depth: depth + 1))
            }
        }
    }

    /// Messages that JSON writes as something else than an object of their fields.
    private static func special(
        _ type: String, _ bytes: ArraySlice<UInt8>
    ) throws(ProtobufReader.Malformed) -> JSONValue {
        var numbers: [Int: UInt64] = [:]
        var texts: [Int: [String]] = [:]
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            switch value {
            case .number(let found): numbers[number] = found
            case .bytes(let found): texts[number, default: []].append(String(decoding: found, as: UTF8.self))
            }
        }
        switch type {
        case "T":
            let seconds = Int64(bitPattern: numbers[1] ?? 0)
            return seconds == 0 ? .null : .string(Stamp.text(Double(seconds)))
        case "Q": return .string(texts[1]?.first ?? "0")
        case "I":
            return numbers[1] == 1
                ? .string(texts[3]?.first ?? "") : .integer(Int64(bitPattern: numbers[2] ?? 0))
        case "S": return .array((texts[1] ?? []).map { .string($0) })
        default:
            do {
                return try JSONValue(parsing: Array((texts[1]?.first ?? "{}").utf8), maximumDepth: 200)
            } catch {
                throw .init(offset: bytes.startIndex)
            }
        }
    }
}
