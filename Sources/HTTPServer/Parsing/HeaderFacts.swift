/// What the header fields say about the request itself, and which of them contradict each other.
struct HeaderFacts {
    private var hosts = 0
    private var length: Int?
    private var encoding: String?
    private(set) var expectsContinue = false

    mutating func note(name: String, value: String) throws(Refusal) {
        switch name.utf8.count {
        case 4 where name.hasSameName(as: "host"):
            hosts += 1
            if hosts > 1 { throw .duplicateHost }
            guard value.utf8.allSatisfy(Self.isHostByte) else { throw .malformedHost }
        case 6 where name.hasSameName(as: "expect"):
            guard value.hasSameName(as: "100-continue") else { throw .unknownExpectation }
            expectsContinue = true
        case 14 where name.hasSameName(as: "content-length"):
            let isNumber = !value.isEmpty && value.utf8.allSatisfy { $0 &- 0x30 < 10 }
            guard length == nil, isNumber, let number = Int(value) else { throw .invalidLength }
            length = number
        case 17 where name.hasSameName(as: "transfer-encoding"):
            guard encoding == nil else { throw .unknownEncoding }
            encoding = value
        default:
            break
        }
    }

    func framing(isVersion11: Bool) throws(Refusal) -> BodyFraming {
        if isVersion11, hosts == 0 { throw .missingHost }
        guard let encoding else {
            guard let length, length > 0 else { return .none }
            return .length(length)
        }
        if length != nil { throw .lengthAndEncoding }
        guard isVersion11 else { throw .encodingInOldVersion }
        guard encoding.hasSameName(as: "chunked") else { throw .unknownEncoding }
        return .chunked
    }

    /// RFC 3986, 3.2.2 and 3.2.3: a name, an address in brackets, a port.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        byte & 0xDF &- 0x41 < 26 || byte &- 0x30 < 10 || "-._~!$&'()*+,;=:%[]".utf8.contains(byte)
    }
}

extension String {
    /// ASCII names compared without case, without making new strings.
    func hasSameName(as other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { left, right in
                left == right || (left ^ right == 0x20 && (left | 0x20) &- 0x61 < 26)
            }
    }
}
