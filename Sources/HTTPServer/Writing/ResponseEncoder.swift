/// Writes the head of an answer. What delimits the body is the server's to say, so a handler's own `Content-Length`,
/// `Transfer-Encoding` and `Date` are left out.
struct ResponseEncoder {
    enum Framing {
        case length(Int)
        case chunked
        /// The end of the connection ends the body.
        case untilClose
        /// 204 and 304.
        case none
    }

    /// `Date: …\r\n`, made once a second.
    private var date: [UInt8] = []
    private var dateSecond = -1

    mutating func appendHead(
        _ response: ServerResponse, framing: Framing, isVersion11: Bool, isLast: Bool, second: Int,
        to output: inout [UInt8]
    ) {
        if second != dateSecond {
            dateSecond = second
            date = Array("Date: \(HTTPDate.text(secondsSince1970: max(0, second)))\r\n".utf8)
        }
        if response.status == 200 {
            output.append(contentsOf: "HTTP/1.1 200 OK\r\n".utf8)
        } else {
            let reason = Self.reason(of: response.status)
            output.append(contentsOf: "HTTP/1.1 \(response.status) \(reason)\r\n".utf8)
        }
        for header in response.headers where !Self.isReserved(header.name) {
            Self.append(header.name, HeadScanner.isToken, else: UInt8(ascii: "-"), to: &output)
            output.append(contentsOf: ": ".utf8)
            // A line end in a value would let its author write headers of their own.
            Self.append(header.value, { $0 >= 0x20 && $0 != 0x7F }, else: UInt8(ascii: " "), to: &output)
            output.append(contentsOf: "\r\n".utf8)
        }
        output.append(contentsOf: date)
        switch framing {
        case .length(let count): output.append(contentsOf: "Content-Length: \(count)\r\n".utf8)
        case .chunked: output.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
        case .untilClose, .none: break
        }
        if isLast {
            output.append(contentsOf: "Connection: close\r\n".utf8)
        } else if !isVersion11 {
            output.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        }
        output.append(contentsOf: "\r\n".utf8)
    }

    /// `SIZE\r\n`, in hexadecimal.
    static func appendChunkSize(_ size: Int, to output: inout [UInt8]) {
        output.append(contentsOf: String(size, radix: 16).utf8)
        output.append(contentsOf: "\r\n".utf8)
    }

    private static func append(
        _ text: String, _ isAllowed: (UInt8) -> Bool, else other: UInt8, to output: inout [UInt8]
    ) {
        var text = text
        text.withUTF8 { bytes in
            let start = output.count
            output.append(contentsOf: bytes)
            for index in bytes.indices where !isAllowed(bytes[index]) { output[start + index] = other }
        }
    }

    private static func isReserved(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name.hasSameName(as: "date")
        case 10: name.hasSameName(as: "connection")
        case 14: name.hasSameName(as: "content-length")
        case 17: name.hasSameName(as: "transfer-encoding")
        default: false
        }
    }

    static func reason(of status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
