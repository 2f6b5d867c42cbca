import Kubernetes

/// Images that cannot be had.
struct ImageRule: Rule {
    private static let reasons: Set = [
        "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
        "RegistryUnavailable", "SignatureValidationFailed",
    ]

    private static let foreign = "the registry has it, and not for this processor"
    private static let limited = "the registry limits how often it may be asked, and refuses for now"

    func examine(_ subject: Subject, into report: inout Report) {
        let troubles = subject.currentPods.compactMap { ContainerTrouble.first(of: $0, now: subject.now) }
            .filter { Self.reasons.contains($0.waiting?.reason ?? "") }
        guard let first = troubles.first, let reason = first.waiting?.reason else { return }
        let image = Redaction.line(first.spec?.image ?? "?")
        var text = first.waiting?.message ?? ""
        // Before 1.31 a pod in back-off says only that; the registry's own words are in the event.
        let pull = subject.events(of: first.pod.reference).last { event in
            event.reason == "Failed" && event.text.hasPrefix("Failed to pull image")
        }
        if let message = pull?.message, !text.contains("rpc error"), reason != "ErrImageNeverPull" {
            text += " " + message
        }
        let (id, why) = Self.judge(reason: reason, text: text, image: first.spec?.image ?? "")
        let evidence = first.evidence("state.waiting", "\(reason): \(text)", pull?.lastSeen)
        report.find(
            "image-pull-failed", first.pod.reference,
            "\(first.pod.reference) cannot get image \(image): \(why).", [evidence])
        // A registry that is down took a running image with it: the template is not to blame, and an older revision
        // would have to be pulled as well.
        let fault: Fault? = id == .imageRegistryDown ? nil : .image(container: first.status.name)
        var cause = subject.cause(id, "", fault: fault, pods: troubles.map(\.pod))
        let brought = subject.changeWords(cause).map { ", which came with \($0)" } ?? ""
        if why == Self.limited { cause.hint = .rateLimited }
        if why == Self.foreign { cause.hint = .wrongArchitecture }
        cause.summary = "Image \(image) of \(subject.owner) cannot be had: \(why)\(brought)."
        report.suspect(.start, cause)
    }

    private static func judge(reason: String, text: String, image: String) -> (CauseID, String) {
        if reason == "ErrImageNeverPull" { return (.imageNever, "it is not on the node and may not be pulled") }
        if reason == "InvalidImageName" { return (.imageInvalid, "its name is not valid") }
        // The image's own name is in the text and may hold any of these words.
        let lower = (image.isEmpty ? text : text.replacing(image, with: "")).lowercased()
        func has(_ words: String...) -> Bool { words.contains { lower.contains($0) } }
        if has("toomanyrequests", "too many requests", "rate limit") { return (.imageRegistryDown, limited) }
        if has(
            "connection refused", "timeout", "timed out", "deadline exceeded", "no such host", "no route to host",
            "unreachable", "connection reset", "tls handshake", "x509", "server gave http response")
        {
            return (.imageRegistryDown, "the registry cannot be reached or does not answer as it should")
        }
        // Refused at the door comes before "not found": registries hide private images behind both words.
        if has("unauthorized", "authentication required", "no basic auth", "denied", "forbidden") {
            return (.pullSecretMissing, "the registry asks for a login or refuses the one it got")
        }
        if has("no match for platform") { return (.imageNotFound, foreign) }
        if has("not found", "notfound", "manifest unknown", "name unknown", "no such image") {
            return (.imageNotFound, "the registry does not have it")
        }
        // An unexplained failure to pull is not proof that the image is missing.
        return (.imageRegistryDown, "the pull failed (\(Redaction.line(text, limit: 100)))")
    }
}
