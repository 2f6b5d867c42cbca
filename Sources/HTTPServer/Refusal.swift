/// Why a request did not reach the handler. The raw value is its name in metrics.
public enum Refusal: String, Error, Sendable, CaseIterable {
    case bareLineFeed = "bare_line_feed"
    case controlByte = "control_byte"
    case encrypted = "tls"
    case foldedHeader = "folded_header"
    case spaceBeforeColon = "space_before_colon"
    case malformedRequestLine = "malformed_request_line"
    case malformedHeader = "malformed_header"
    case malformedTarget = "malformed_target"
    case missingHost = "missing_host"
    case duplicateHost = "duplicate_host"
    case malformedHost = "malformed_host"
    case invalidLength = "invalid_length"
    case lengthAndEncoding = "length_and_encoding"
    case encodingInOldVersion = "encoding_in_old_version"
    case malformedChunk = "malformed_chunk"
    case incomplete = "incomplete"
    case headerTimeout = "header_timeout"
    case bodyTimeout = "body_timeout"
    case bodyTooLarge = "body_too_large"
    case targetTooLong = "target_too_long"
    case unknownExpectation = "unknown_expectation"
    case headersTooLarge = "headers_too_large"
    case unknownMethod = "unknown_method"
    case unknownEncoding = "unknown_encoding"
    case unknownVersion = "unknown_version"
    case tooManyConnections = "too_many_connections"
    case tooManyStreams = "too_many_streams"
    case outOfMemory = "out_of_memory"

    /// The status it is answered with.
    public var status: Int {
        switch self {
        case .headerTimeout, .bodyTimeout: 408
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .unknownExpectation: 417
        case .headersTooLarge: 431
        case .unknownMethod, .unknownEncoding: 501
        case .tooManyConnections, .tooManyStreams, .outOfMemory: 503
        case .unknownVersion: 505
        default: 400
        }
    }

    /// What the client reads in `{"error": "…"}`; never repeats what the client sent.
    public var message: String {
        switch self {
        case .bareLineFeed: "A line ends with LF alone; lines of a request end with CR LF."
        case .controlByte: "The request's head contains a control byte."
        case .encrypted: "This port speaks plain HTTP; use http://, or the ingress for https://."
        case .foldedHeader: "A header field is folded over two lines; send it on one."
        case .spaceBeforeColon: "A header field has a space before its colon."
        case .malformedRequestLine: "The request line is not METHOD TARGET HTTP/VERSION."
        case .malformedHeader: "A header field is not NAME: VALUE."
        case .malformedTarget: "The request target is not a path that can be decoded."
        case .missingHost: "HTTP/1.1 asks for a Host header; there is none."
        case .duplicateHost: "There is more than one Host header."
        case .malformedHost: "The Host header is not a host name with an optional port."
        case .invalidLength: "Content-Length is not one number."
        case .lengthAndEncoding: "Content-Length and Transfer-Encoding exclude each other; send one."
        case .encodingInOldVersion: "Transfer-Encoding needs HTTP/1.1."
        case .malformedChunk: "The chunked body is malformed."
        case .incomplete: "The request ended before it was whole."
        case .headerTimeout: "The request's head did not arrive in time."
        case .bodyTimeout: "The request's body did not arrive in time."
        case .bodyTooLarge: "The request's body is too large."
        case .targetTooLong: "The request target is too long."
        case .unknownExpectation: "Expect asks for something other than 100-continue."
        case .headersTooLarge: "The request's header fields are too large or too many."
        case .unknownMethod: "The request method is not known here."
        case .unknownEncoding: "The only transfer encoding known here is chunked."
        case .unknownVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .tooManyConnections: "Too many connections from this address; try again soon."
        case .tooManyStreams: "Too many open streams; try again soon."
        case .outOfMemory: "Too many requests are under way; try again soon."
        }
    }

    /// The JSON body and the headers of the answer.
    var response: ServerResponse {
        var headers = [(name: "Content-Type", value: "application/json")]
        if status == 503 { headers.append((name: "Retry-After", value: "5")) }
        return ServerResponse(status: status, headers: headers, body: .bytes(Array("{\"error\": \"\(message)\"}".utf8)))
    }
}
