/// Joins the chunks of a request body (RFC 9112, 7.1), strictly: the parser, as Debian builds it, takes any two bytes
/// for the CR LF after a chunk. Pure; trailer fields are checked and dropped.
struct ChunkedDecoder {
    enum Outcome: Equatable {
        case more
        /// The body ends after this many of the bytes given.
        case complete(Int)
        case refused(Refusal)
    }

    private enum State { case size, firstDigit, extensions, sizeLineFeed, data, dataReturn, dataLineFeed, trailer }

    private var state = State.firstDigit
    private var remaining = 0
    private var digits = 0
    /// Bytes that are not body: sizes, line ends, extensions. Bounded, or a body of one byte could last for ever.
    private var overhead = 0
    private var trailer = HeadScanner.trailer

    /// Appends what is body to `body`, at most `limits.bodyBytes` in all.
    mutating func decode(
        _ bytes: UnsafeRawBufferPointer, into body: inout [UInt8], limits: HTTPLimits
    ) -> Outcome {
        var index = 0
        while index < bytes.count {
            if state == .data {
                let taken = min(remaining, bytes.count - index)
                body.append(contentsOf: bytes[index..<(index + taken)])
                index += taken
                remaining -= taken
                if remaining == 0 { state = .dataReturn }
                continue
            }
            if state == .trailer {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
                switch trailer.scan(rest, limits: limits) {
                case .more: return .more
                case .complete(let count): return .complete(index + count)
                case .refused(let refusal): return .refused(refusal == .headersTooLarge ? refusal : .malformedChunk)
                }
            }
            if let refusal = step(bytes[index], have: body.count, limits: limits) { return .refused(refusal) }
            index += 1
        }
        return .more
    }

    private mutating func step(_ byte: UInt8, have: Int, limits: HTTPLimits) -> Refusal? {
        overhead += 1
        // Eight bytes for each byte of body are more than the smallest chunks need.
        if overhead > limits.headerBytes + 8 * have { return .malformedChunk }
        switch state {
        case .firstDigit, .size:
            return stepSize(byte, have: have, limits: limits)
        case .extensions:
            if byte == HeadScanner.carriageReturn {
                state = .sizeLineFeed
                return nil
            }
            return byte >= 0x20 && byte != 0x7F || byte == 9 ? nil : .malformedChunk
        case .sizeLineFeed:
            state = remaining == 0 ? .trailer : .data
            return byte == HeadScanner.lineFeed ? nil : .malformedChunk
        case .dataReturn:
            state = .dataLineFeed
            return byte == HeadScanner.carriageReturn ? nil : .malformedChunk
        case .dataLineFeed:
            (state, digits) = (.firstDigit, 0)
            return byte == HeadScanner.lineFeed ? nil : .malformedChunk
        case .data, .trailer:
            return nil
        }
    }

    private mutating func stepSize(_ byte: UInt8, have: Int, limits: HTTPLimits) -> Refusal? {
        if let digit = Character(UnicodeScalar(byte)).hexDigitValue {
            digits += 1
            state = .size
            remaining = remaining << 4 | digit
            // Checked digit by digit, so that no size can overflow.
            return remaining > limits.bodyBytes - have ? .bodyTooLarge : digits > 16 ? .malformedChunk : nil
        }
        guard state == .size else { return .malformedChunk }
        if byte == HeadScanner.carriageReturn {
            state = .sizeLineFeed
            return nil
        }
        guard byte == UInt8(ascii: ";") else { return .malformedChunk }
        state = .extensions
        return nil
    }
}
