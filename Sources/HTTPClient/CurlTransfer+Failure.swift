internal import CCurl
internal import Glibc

extension CurlTransfer {
    /// What curl's result means, nil for success. The server may have the request from the moment a connection stood.
    func failure(for code: CURLcode) -> HTTPFailure? {
        if let ownFailure { return ownFailure }
        guard code != CURLE_OK else {
            guard head.isComplete else { return fail(.protocolError, "\(target.peer) sent no complete answer") }
            return nil
        }
        let failure = describe(code)
        return HTTPFailure(
            kind: failure.kind, message: failure.message, mayHaveBeenSent: wasSent)
    }

    private func describe(_ code: CURLcode) -> HTTPFailure {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: fail(.nameNotFound, "the name \(target.host) does not resolve")
        case CURLE_COULDNT_RESOLVE_PROXY: fail(.proxy, "the proxy's name does not resolve", detail: true)
        case CURLE_PROXY: fail(.proxy, "the proxy refused", detail: true)
        case CURLE_COULDNT_CONNECT: notConnected()
        case CURLE_OPERATION_TIMEDOUT: wasSent ? late("in time") : notConnectedInTime()
        case CURLE_URL_MALFORMAT: fail(.invalidURL, "the URL for \(target.peer) cannot be used", detail: true)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED:
            fail(.tls, "no trusted TLS connection to \(target.peer)", detail: true)
        case CURLE_GOT_NOTHING: fail(.connectionReset, "\(target.peer) closed the connection without an answer")
        case CURLE_PARTIAL_FILE:
            fail(.connectionReset, "\(target.peer) closed the connection in mid-answer", detail: true)
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2_STREAM: broken()
        default: fail(.protocolError, "\(target.peer) did not answer as HTTP asks", detail: true)
        }
    }

    /// The deadline of the whole exchange, or of the silence in it, passed.
    func late(_ limit: String) -> HTTPFailure {
        let what = head.status == 0 ? "no answer" : "no complete answer"
        return fail(.timeout, "\(what) from \(target.peer) \(limit)")
    }

    func notConnectedInTime() -> HTTPFailure {
        if isResolving {
            return fail(
                .nameNotFound, "the name \(target.host) does not resolve within \(request.connectTimeout.inWords)")
        }
        let proxy = request.proxy == nil ? "" : " through the proxy"
        return fail(
            .connectTimeout, "no connection to \(target.peer)\(proxy) within \(request.connectTimeout.inWords)")
    }

    /// Whether the name is still asked for: curl notes the time of the answer, at least a microsecond. Over TLS a
    /// transfer may wait for another's connection instead, which leaves no trace.
    private var isResolving: Bool {
        guard request.proxy == nil, !target.isEncrypted else { return false }
        var lookup: curl_off_t = 0
        return cortex_get_size(easy, CURLINFO_NAMELOOKUP_TIME_T, &lookup) == CURLE_OK && lookup == 0
    }

    private func notConnected() -> HTTPFailure {
        if request.proxy != nil { return fail(.proxy, "no connection to the proxy", detail: true) }
        var number = 0
        _ = cortex_get_long(easy, CURLINFO_OS_ERRNO, &number)
        switch Int32(truncatingIfNeeded: number) {
        case ECONNREFUSED: return fail(.connectionRefused, "connection refused by \(target.peer)")
        case ETIMEDOUT: return fail(.connectTimeout, "no connection to \(target.peer): it does not respond")
        case 0: return fail(.unreachable, "no connection to \(target.peer)", detail: true)
        case let number:
            return fail(.unreachable, "\(target.peer) cannot be reached: \(String(cString: strerror(number)))")
        }
    }

    private func broken() -> HTTPFailure {
        if !wasSent, request.proxy != nil { return fail(.proxy, "the proxy did not connect", detail: true) }
        // TLS 1.3 tells a client only after the handshake that its certificate is refused.
        if curlText.contains("alert") { return fail(.tls, "\(target.peer) ended the TLS connection", detail: true) }
        if curlText.contains("chunked-encoding") {
            return fail(.protocolError, "\(target.peer) did not answer as HTTP asks", detail: true)
        }
        return fail(.connectionReset, "the connection to \(target.peer) broke", detail: true)
    }

    private var curlText: String { String(cString: errorText) }

    func fail(_ kind: HTTPFailure.Kind, _ message: String, detail: Bool = false) -> HTTPFailure {
        let text = curlText
        return HTTPFailure(
            kind: kind, message: detail && !text.isEmpty ? "\(message) (\(text))" : message, mayHaveBeenSent: wasSent)
    }
}

extension Duration {
    /// `5 s`, `250 ms`.
    var inWords: String {
        let milliseconds = wholeMilliseconds
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
