internal import CCurl
internal import FoundationEssentials

extension CurlTransfer {
    /// Puts the request into curl's terms.
    func configure() throws(HTTPFailure) {
        setCallbacks()
        setConnection()
        setTLS()
        try setMethodAndBody()
        try setHeaders()
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = cortex_set_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String?) { _ = cortex_set_text(easy, option, value) }

    private func set(_ option: CURLoption, blob: Data) {
        blob.withUnsafeBytes { _ = cortex_set_blob(easy, option, $0.baseAddress, $0.count) }
    }

    private func setConnection() {
        set(CURLOPT_URL, target.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_NOSIGNAL, 1)
        // Without this, giving up on a name that does not resolve stops the thread until the resolver gives up too.
        set(CURLOPT_QUICK_EXIT, 1)
        // A Service that is made again has another address: every new connection asks again.
        set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 15)
        set(CURLOPT_TCP_KEEPINTVL, 10)
        set(CURLOPT_MAXAGE_CONN, 30)
        // Long answers are those to questions; curl makes the buffer anew for each transfer.
        set(CURLOPT_BUFFERSIZE, isSafe ? 64 << 10 : 16 << 10)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        // A burst of requests waits to learn whether it can share the first connection.
        set(CURLOPT_PIPEWAIT, target.isEncrypted ? 1 : 0)
        set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
        // An empty string turns off what the environment says.
        set(CURLOPT_PROXY, request.proxy ?? "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let connectTo = target.connectTo {
            connectList = curl_slist_append(nil, connectTo)
            _ = cortex_set_pointer(easy, CURLOPT_CONNECT_TO, connectList)
        }
    }

    private func setTLS() {
        let tls = request.tls
        set(CURLOPT_SSL_VERIFYPEER, tls.verifiesServer ? 1 : 0)
        set(CURLOPT_SSL_VERIFYHOST, tls.verifiesServer ? 2 : 0)
        if let authorities = tls.certificateAuthorities {
            set(CURLOPT_CAINFO_BLOB, blob: authorities)
            // Or the system's authorities would be trusted beside the given ones.
            set(CURLOPT_CAPATH, nil)
        }
        if let certificate = tls.clientCertificate {
            set(CURLOPT_SSLCERT_BLOB, blob: certificate)
            set(CURLOPT_SSLKEY_BLOB, blob: tls.clientKey ?? certificate)
        }
    }

    private func setMethodAndBody() throws(HTTPFailure) {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(\.isTokenByte) else {
            throw HTTPFailure(
                kind: .protocolError, message: "\"\(request.method)\" is not an HTTP method", mayHaveBeenSent: false)
        }
        if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) }
        // POST, PUT and PATCH state their length even when there is nothing in them.
        let body = request.body ?? (["POST", "PUT", "PATCH"].contains(request.method) ? Data() : nil)
        if let body {
            _ = cortex_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress {
                    _ = cortex_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, base)
                } else {
                    set(CURLOPT_COPYPOSTFIELDS, "")
                }
            }
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func setHeaders() throws(HTTPFailure) {
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.isSameFieldName(as: "content-type") }) {
            lines.append("Content-Type:")
        }
        if let host = target.hostHeader, !request.headers.contains(where: { $0.name.isSameFieldName(as: "host") }) {
            lines.append("Host: \(host)")
        }
        for (name, value) in request.headers {
            guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else {
                throw HTTPFailure(
                    kind: .protocolError, message: "the header \"\(name.prefix(80))\" holds what a header may not hold",
                    mayHaveBeenSent: false)
            }
            // curl reads "Name:" as "leave it out" and "Name;" as "send it empty".
            lines.append(value.allSatisfy { $0 == " " || $0 == "\t" } ? "\(name);" : "\(name): \(value)")
        }
        for line in lines { headerList = curl_slist_append(headerList, line) }
        _ = cortex_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
    }

    // MARK: - Callbacks

    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = cortex_set_pointer(easy, CURLOPT_PRIVATE, context)
        _ = cortex_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        _ = cortex_set_pointer(easy, CURLOPT_WRITEDATA, context)
        _ = cortex_set_pointer(easy, CURLOPT_HEADERDATA, context)
        _ = cortex_set_pointer(easy, CURLOPT_PREREQDATA, context)
        _ = cortex_set_data_callback(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let transfer = CurlTransfer.from(context) else { return 0 }
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return transfer.receiveHeader(line) ? line.count : 0
        }
        _ = cortex_set_data_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let transfer = CurlTransfer.from(context) else { return 0 }
            let data = UnsafeRawBufferPointer(start: bytes, count: size * count)
            switch transfer.receiveBody(data) {
            case .taken: return data.count
            case .paused: return Int(CURL_WRITEFUNC_PAUSE)
            // Any other number than the count makes curl give up; an empty piece needs one as well.
            case .refused: return data.isEmpty ? 1 : 0
            }
        }
        _ = cortex_set_request_callback(easy) { context, remote, local, remotePort, localPort in
            guard let transfer = CurlTransfer.from(context) else { return CURL_PREREQFUNC_ABORT }
            let ends = Connections.Ends(
                local: local.map { String(cString: $0) } ?? "", localPort: localPort,
                remote: remote.map { String(cString: $0) } ?? "", remotePort: remotePort)
            return transfer.willSend(on: ends) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    /// The transfer behind a callback's context: the loop holds it for as long as curl has the handle.
    static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension Duration {
    /// Rounded up, and at least 1: curl reads 0 as its own default.
    var wholeMilliseconds: Int {
        let parts = components
        guard parts.seconds < 1 << 31 else { return Int(Int32.max) }
        let milliseconds = parts.seconds * 1000 + (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int(min(max(milliseconds, 1), Int64(Int32.max)))
    }
}

extension UInt8 {
    /// RFC 9110, section 5.6.2.
    fileprivate var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
