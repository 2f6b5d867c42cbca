import JSON

/// The id of a JSON-RPC message.
enum RPCID: Hashable, Sendable {
    case number(Int64)
    case text(String)
    case null

    init?(_ value: JSONValue?) {
        switch value {
        case .integer(let number): self = .number(number)
        case .number(let number):
            guard let whole = Int64(exactly: number) else { return nil }
            self = .number(whole)
        case .string(let text): self = .text(text)
        case .null, nil: self = .null
        default: return nil
        }
    }

    /// Some servers send a number back as a text.
    func answers(_ sent: Int64) -> Bool { self == .number(sent) || self == .text(String(sent)) }

    var json: JSONValue {
        switch self {
        case .number(let number): .integer(number)
        case .text(let text): .string(text)
        case .null: .null
        }
    }
}

/// The error of a JSON-RPC answer.
struct RPCError: Error, Hashable, Sendable {
    static let headerMismatch = -32020
    static let missingCapability = -32021
    static let unsupportedVersion = -32022
    static let invalidRequest = -32600
    static let methodNotFound = -32601
    static let invalidParameters = -32602

    var code: Int
    var message: String
    var data: JSONValue?
}

/// One JSON-RPC message from a server.
enum RPCMessage: Hashable, Sendable {
    case result(id: RPCID, JSONValue)
    case failure(id: RPCID, RPCError)
    case request(id: RPCID, method: String)
    case notification(method: String)

    /// - Parameter isLenient: the first version's servers may leave `jsonrpc` out.
    /// - Returns: nil for anything that is not a message of JSON-RPC 2.0.
    init?(_ value: JSONValue, isLenient: Bool = false) {
        guard case .object(let members) = value else { return nil }
        let version = members["jsonrpc"]
        guard version == "2.0" || isLenient && version == nil else { return nil }
        if let method = members["method"]?.stringValue {
            if let id = members["id"], let known = RPCID(id), known != .null {
                self = .request(id: known, method: method)
            } else {
                self = .notification(method: method)
            }
            return
        }
        guard let id = RPCID(members["id"]) else { return nil }
        if let error = members["error"], error != .null {
            self = .failure(
                id: id,
                RPCError(
                    code: error["code"]?.intValue ?? 0,
                    message: String((error["message"]?.stringValue ?? "an error without a message").prefix(500)),
                    data: error["data"]))
        } else if let result = members["result"] {
            self = .result(id: id, result)
        } else {
            return nil
        }
    }
}
