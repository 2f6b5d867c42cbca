internal import CCurl

/// Where a request goes, as curl has to be told.
///
/// curl asks for and verifies the name in the URL. So when another name is to be asked for (`serverName`), that name
/// takes the place of the host in the URL, the connection is led back to the real host (`CURLOPT_CONNECT_TO`, which
/// a proxy honours too), and the `Host` header, in HTTP/2 the authority, states what the URL had.
struct TransferTarget {
    let url: String
    let host: String
    let port: String
    /// Scheme, host and port: what the limit on transfers per host counts by.
    let key: String
    /// `name:port:host:port`, or nil to connect to what the URL says.
    let connectTo: String?
    /// The value of the Host header when curl's own would be wrong.
    let hostHeader: String?

    var isEncrypted: Bool { key.hasPrefix("https:") }
    var peer: String { "\(host):\(port)" }

    init(url: String, serverName: String?) throws(HTTPFailure) {
        guard let handle = curl_url() else { throw Self.invalid(url, "no memory to parse it") }
        defer { curl_url_cleanup(handle) }
        let code = curl_url_set(handle, CURLUPART_URL, url, 0)
        guard code == CURLUE_OK else { throw Self.invalid(url, String(cString: curl_url_strerror(code))) }
        let scheme = Self.part(CURLUPART_SCHEME, of: handle)?.lowercased() ?? ""
        guard scheme == "http" || scheme == "https" else {
            throw Self.invalid(url, "its scheme must be http or https")
        }
        guard let host = Self.part(CURLUPART_HOST, of: handle), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: handle, flags: UInt32(CURLU_DEFAULT_PORT))
        else { throw Self.invalid(url, "it names no host") }
        self.host = host
        self.port = port
        key = "\(scheme)://\(host):\(port)"
        guard let serverName, scheme == "https", serverName != host else {
            self.url = url
            connectTo = nil
            hostHeader = nil
            return
        }
        guard curl_url_set(handle, CURLUPART_HOST, serverName, 0) == CURLUE_OK,
            let rewritten = Self.part(CURLUPART_URL, of: handle),
            let name = Self.part(CURLUPART_HOST, of: handle)
        else { throw Self.invalid(url, "the TLS server name \"\(serverName)\" cannot stand in a URL") }
        self.url = rewritten
        connectTo = "\(name):\(port):\(host):\(port)"
        hostHeader = port == "443" ? host : "\(host):\(port)"
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer, flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// The URL itself is not repeated beyond its start: its query may hold what is nobody's business.
    private static func invalid(_ url: String, _ why: String) -> HTTPFailure {
        let shown = url.prefix { $0 != "?" }.prefix(200)
        return HTTPFailure(
            kind: .invalidURL, message: "the URL \"\(shown)\" cannot be used: \(why)", mayHaveBeenSent: false)
    }
}
