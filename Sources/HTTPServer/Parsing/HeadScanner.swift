/// Finds the end of a request's head, byte by byte as it arrives, and refuses what the parser lets through.
///
/// The parser takes a space before the colon, a bare LF, a folded header and, as Debian builds it, bytes above 127 in
/// the target. Two programs that disagree on one of these can be made to see two different requests, so nothing of
/// the kind reaches the parser. Pure; it holds no bytes, only where it is.
struct HeadScanner {
    enum Outcome: Equatable {
        /// All bytes belong to a head that is not whole yet.
        case more
        /// The head ends after this many of the bytes given.
        case complete(Int)
        case refused(Refusal)
    }

    private enum State: UInt8 {
        case start, startLineFeed, method, target, version, lineFeed, lineStart, name, value, lastLineFeed
    }

    private var state: State
    private var count: UInt32 = 0
    private var fields: UInt32 = 0
    /// Length of the part (method, target, version) that is being read.
    private var part: UInt32 = 0
    private var major: UInt8 = 0

    init() { state = .start }

    private init(state: State) { self.state = state }

    /// Reads the trailer fields after the last chunk, up to the blank line.
    static var trailer: HeadScanner { HeadScanner(state: .lineStart) }

    /// Nothing of a request has arrived.
    var isUntouched: Bool { count == 0 }

    mutating func scan(_ bytes: UnsafeRawBufferPointer, limits: HTTPLimits) -> Outcome {
        let room = max(0, limits.headerBytes - Int(count))
        for index in 0..<min(bytes.count, room) {
            let byte = bytes[index]
            let isEnd = state == .lastLineFeed
            if let refusal = step(byte, limits: limits) { return .refused(refusal) }
            if isEnd { return .complete(index + 1) }
            count &+= 1
        }
        return bytes.count > room ? .refused(.headersTooLarge) : .more
    }

    private mutating func step(_ byte: UInt8, limits: HTTPLimits) -> Refusal? {
        switch state {
        case .start, .startLineFeed, .method, .target, .version:
            return stepRequestLine(byte, limits: limits)
        case .lineFeed:
            state = .lineStart
            return byte == Self.lineFeed ? nil : .controlByte
        case .lineStart:
            return stepLineStart(byte, limits: limits)
        case .name:
            if Self.isToken(byte) { return nil }
            if byte == UInt8(ascii: ":") {
                state = .value
                return nil
            }
            if byte == UInt8(ascii: " ") || byte == Self.tab { return .spaceBeforeColon }
            return Self.refusal(of: byte, otherwise: .malformedHeader)
        case .value:
            if byte >= 0x20 && byte != 0x7F || byte == Self.tab { return nil }
            guard byte == Self.carriageReturn else { return Self.refusal(of: byte, otherwise: .controlByte) }
            state = .lineFeed
            return nil
        case .lastLineFeed:
            return byte == Self.lineFeed ? nil : .controlByte
        }
    }

    private mutating func stepLineStart(_ byte: UInt8, limits: HTTPLimits) -> Refusal? {
        if byte == Self.carriageReturn {
            state = .lastLineFeed
            return nil
        }
        if byte == UInt8(ascii: " ") || byte == Self.tab { return .foldedHeader }
        guard Self.isToken(byte) else { return Self.refusal(of: byte, otherwise: .malformedHeader) }
        fields += 1
        state = .name
        return fields > limits.headerFields ? .headersTooLarge : nil
    }

    private mutating func stepRequestLine(_ byte: UInt8, limits: HTTPLimits) -> Refusal? {
        switch state {
        case .start where byte == Self.carriageReturn:
            // RFC 9112, 2.2: an empty line before the request line is skipped.
            state = .startLineFeed
        case .startLineFeed:
            state = .start
            return byte == Self.lineFeed ? nil : .controlByte
        case .start:
            guard Self.isToken(byte) else {
                return byte == Self.handshake ? .encrypted : Self.refusal(of: byte, otherwise: .malformedRequestLine)
            }
            state = .method
            part = 1
        case .method:
            if byte == UInt8(ascii: " ") {
                state = .target
                part = 0
                return nil
            }
            part += 1
            guard Self.isToken(byte) else { return Self.refusal(of: byte, otherwise: .malformedRequestLine) }
            return part > 32 ? .unknownMethod : nil
        case .target:
            if byte == UInt8(ascii: " ") {
                defer { (state, part) = (.version, 0) }
                return part == 0 ? .malformedRequestLine : nil
            }
            part += 1
            if byte <= 0x20 || byte == 0x7F { return Self.refusal(of: byte, otherwise: .malformedRequestLine) }
            if byte > 0x7F { return .malformedTarget }
            return part > limits.targetBytes ? .targetTooLong : nil
        default:
            return stepVersion(byte)
        }
        return nil
    }

    /// `HTTP/` digit `.` digit, then CR.
    private mutating func stepVersion(_ byte: UInt8) -> Refusal? {
        defer { part += 1 }
        switch part {
        case 0..<5:
            let expected: StaticString = "HTTP/"
            guard byte == expected.utf8Start[Int(part)] else { break }
            return nil
        case 5:
            guard Self.isDigit(byte) else { break }
            major = byte
            return nil
        case 6:
            guard byte == UInt8(ascii: ".") else { break }
            return nil
        case 7:
            guard Self.isDigit(byte) else { break }
            return nil
        default:
            guard byte == Self.carriageReturn else { break }
            state = .lineFeed
            return major == UInt8(ascii: "1") ? nil : .unknownVersion
        }
        return Self.refusal(of: byte, otherwise: .malformedRequestLine)
    }

    private static func refusal(of byte: UInt8, otherwise: Refusal) -> Refusal {
        if byte == lineFeed { return .bareLineFeed }
        return (byte < 0x20 && byte != carriageReturn && byte != tab) || byte == 0x7F ? .controlByte : otherwise
    }

    static let carriageReturn: UInt8 = 13
    static let lineFeed: UInt8 = 10
    private static let tab: UInt8 = 9
    /// The first byte of a TLS connection.
    private static let handshake: UInt8 = 0x16

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// RFC 9110, 5.6.2: the bytes of a method or a field name.
    static func isToken(_ byte: UInt8) -> Bool {
        if byte & 0xDF &- 0x41 < 26 || isDigit(byte) { return true }
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: return true
        default: return false
        }
    }
}
