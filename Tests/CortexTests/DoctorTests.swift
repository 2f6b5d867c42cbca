import FoundationEssentials
import Healing
import JSON
import Kubernetes
import Testing

@testable import cortex

@Suite("The doctor")
struct DoctorTests {
    /// An API server that grants everything but what is named.
    private struct Reviewer: ClusterAPI {
        var denied: Set<String> = []
        var failure: APIError?

        func send(_ request: APIRequest) async throws(APIError) -> Data {
            if let failure { throw failure }
            #expect(request.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
            do {
                let review = try JSONCoding.decode(JSONValue.self, from: request.body ?? Data())
                let asked = review["spec"]?["resourceAttributes"]
                let words = ["verb", "resource", "subresource"].compactMap { asked?[$0]?.stringValue }
                let isAllowed = !denied.contains(words.joined(separator: " "))
                return try JSONCoding.encode(["status": ["allowed": .bool(isAllowed)]] as JSONValue)
            } catch {
                throw .invalidResponse("\(error)")
            }
        }

        func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> { AsyncThrowingStream { nil } }
    }

    private func rights(
        _ api: Reviewer, isProxyOptional: Bool = true, ownNamespace: String? = nil
    ) async -> [DoctorCheck] {
        await RightsDoctor(
            api: api, namespaces: ["shop"], ownNamespace: ownNamespace, needs: AccessNeeds(usesProxy: true),
            isProxyOptional: isProxyOptional
        ).checks()
    }

    @Test("asks for the rights of each strategy by its own name")
    func granted() async {
        let checks = await rights(Reviewer())
        for name in ["looking", "scale", "rollback", "restart", "replace", "repair", "recording", "proxying"] {
            #expect(checks.contains { $0.name == "\(name) in shop" && $0.state == .ok }, "\(name)")
        }
    }

    @Test("a right that is missing stops its own strategy only, and the remedy grants it")
    func missing() async throws {
        let checks = await rights(Reviewer(denied: ["create pods eviction"]))
        let failed = checks.filter { $0.state == .failed }
        #expect(failed.map(\.name) == ["replace in shop"])
        #expect(failed[0].detail == "missing: create pods/eviction in the namespace shop")
        #expect(try #require(failed[0].remedy).contains("--verb=create --resource=pods/eviction -n shop"))
    }

    @Test(
        "the remedy for several missing rights grants them to the account that asks, where it heals"
    )
    func remedy() async throws {
        let api = Reviewer(denied: ["patch deployments", "patch statefulsets", "list nodes", "watch nodes"])
        var doctor = RightsDoctor(
            api: api, namespaces: ["shop", "tools"], watched: ["web"], needs: AccessNeeds(), isProxyOptional: true)
        func remedies() async -> [String] { await doctor.checks().compactMap(\.remedy) }
        let usual = "cortex rbac --namespaces shop,tools --watch-namespaces web | kubectl apply -f -"
        #expect(try #require(await remedies().first).hasSuffix("To grant them all: \(usual)"))
        doctor.account = TokenSubject.serviceAccount("system:serviceaccount:home:robot")
        #expect(
            await remedies().filter { $0.contains("To grant") }.allSatisfy {
                $0.contains(" web --own-namespace home --service-account robot | kubectl apply")
            })
        doctor = RightsDoctor(
            api: api, namespaces: ["shop"],
            needs: AccessNeeds(strategies: [], usesProxy: true, usesWorkerProgram: true), isProxyOptional: true)
        #expect(
            try #require(await remedies().last).hasSuffix(
                "cortex rbac --strategies none --namespaces shop --outside --worker-program | kubectl apply -f -"))
        #expect(TokenSubject.serviceAccount("admin") == nil)
    }

    /// An API server with a few namespaces and no Services.
    private struct Namespaces: ClusterAPI {
        var names: Set<String> = []
        var failure: APIError?

        func send(_ request: APIRequest) async throws(APIError) -> Data {
            if let failure { throw failure }
            if let name = request.name {
                guard names.contains(name) else { throw .status(APIStatus(code: 404, reason: "NotFound")) }
                return Data(#"{"metadata":{"name":"shop"}}"#.utf8)
            }
            return Data(#"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}"#.utf8)
        }

        func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> { AsyncThrowingStream { nil } }
    }

    @Test("a namespace that is not there is told from an empty one, and from one that may not be read")
    func namespaces() async throws {
        func check(_ api: Namespaces) async -> DoctorCheck {
            await NamespaceDoctor(api: api, namespace: "shop", variable: "HEAL_NAMESPACES").check()
        }
        let empty = await check(Namespaces(names: ["shop"]))
        #expect(empty.state == .warning && empty.detail == "it holds no Service")
        let missing = await check(Namespaces())
        #expect(missing.state == .failed && missing.detail == "there is no such namespace")
        #expect(missing.remedy == "Create it: kubectl create namespace shop, or correct HEAL_NAMESPACES.")
        let forbidden = await check(Namespaces(failure: .status(APIStatus(code: 403, message: "forbidden"))))
        let remedy = try #require(forbidden.remedy)
        #expect(forbidden.state == .failed)
        #expect(remedy.contains("--resource=services -n shop") && remedy.hasSuffix("or correct HEAL_NAMESPACES."))
        let silent = await check(Namespaces(failure: .unknown("time-out")))
        #expect(silent.state == .failed && silent.remedy?.contains("create role") == false)
    }

    @Test("the proxy is a warning where there are other ways, and a failure where it is the only one")
    func proxy() async {
        let api = Reviewer(denied: ["get services proxy"])
        #expect(await rights(api).first { $0.name == "proxying in shop" }?.state == .warning)
        #expect(await rights(api, isProxyOptional: false).first { $0.name == "proxying in shop" }?.state == .failed)
    }

    @Test("where Cortex only watches, it is asked for rights to look and no others")
    func watched() async {
        let checks = await RightsDoctor(
            api: Reviewer(denied: ["list events"]), namespaces: ["shop"], watched: ["web"], needs: AccessNeeds(),
            isProxyOptional: true
        ).checks()
        #expect(checks.filter { $0.name.hasSuffix(" in web") }.map(\.name) == ["looking in web"])
        #expect(checks.first { $0.name == "looking in web" }?.detail == "missing: list events in the namespace web")
    }

    @Test("what a person's kubectl lacks in Cortex's own pod is a warning; outside of a cluster there is no such pod")
    func ownPod() async throws {
        let api = Reviewer(denied: ["list pods"])
        let own = try #require(await rights(api, ownNamespace: "cortex").first { $0.name.contains("own pod") })
        #expect(own.name == "Cortex's own pod in cortex")
        #expect(own.state == .warning)
        #expect(own.detail == "missing: list pods in the namespace cortex")
        #expect(try #require(own.remedy).contains("--verb=list --resource=pods -n cortex"))
        #expect(!(await rights(api)).contains { $0.name.contains("own pod") })
    }

    @Test("what could not be asked is not taken for granted")
    func unknown() async {
        let checks = await rights(Reviewer(failure: .unknown("no answer")))
        #expect(checks.allSatisfy { $0.state == .failed && $0.detail.contains("could not be asked") })
    }

    @Test(
        "clocks that are apart are found",
        arguments: [
            (0.0, DoctorCheck.State.ok), (1, .ok), (5, .warning), (-5, .warning), (60, .failed), (-60, .failed),
        ])
    func clock(offset: Double, state: DoctorCheck.State) {
        // Sun, 06 Nov 1994 08:49:37 GMT
        let here = Date(timeIntervalSince1970: 784_111_777 + offset)
        let check = ClockSkew.check(serverDate: "Sun, 06 Nov 1994 08:49:37 GMT", sent: here, received: here)
        #expect(check.state == state)
        #expect((check.remedy != nil) == (state != .ok))
        #expect(ClockSkew.check(serverDate: "yesterday", sent: here, received: here).state == .skipped)
    }

    @Test(
        "versions are those that Cortex is tested with",
        arguments: [
            ("v1.20.2", DoctorCheck.State.ok), ("v1.36.0+k3s1", .ok), ("v1.19.8", .warning), ("v1.40.1", .warning),
            ("unknown", .warning),
        ])
    func versions(version: String, state: DoctorCheck.State) {
        #expect(ClusterDoctor.check(version: version).state == state)
    }

    @Test("a token says whom it names, and nothing else of it is read")
    func token() {
        // {"alg":"none"}.{"sub":"system:serviceaccount:a:b"}
        let payload = "eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIn0"
        #expect(TokenSubject.of("eyJhbGciOiJub25lIn0.\(payload).") == "system:serviceaccount:a:b")
        #expect(TokenSubject.of("not-a-token") == nil)
        #expect(TokenSubject.of("a.!!!.b") == nil)
    }

    @Test("the exit code is 0, 1 where something failed, 2 where it could not look")
    func exitCodes() {
        let failed = DoctorCheck(.rights, "scale", .failed, "missing", remedy: "grant it")
        #expect(DoctorReport(checks: [DoctorCheck(.storage, "data", .warning, "not set")]).exitCode == 0)
        #expect(DoctorReport(checks: [failed]).exitCode == 1)
        #expect(DoctorReport(checks: [failed], couldLook: false).exitCode == 2)
        #expect(DoctorReport(checks: [failed]).text.contains("FAILED    scale: missing\n            → grant it"))
    }
}
