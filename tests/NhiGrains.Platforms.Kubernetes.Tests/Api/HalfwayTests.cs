using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Kubernetes.Tests.Api;

/// <summary>What goes wrong at each write of an attempt in turn: a credential that expires, a permission that is lost, an answer that is none.</summary>
public class HalfwayTests(Cluster cluster) : KubernetesTests(cluster)
{
    private const string Denied =
        """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"rolebindings is forbidden: User \"connector\" cannot create resource \"rolebindings\"","reason":"Forbidden","code":403}""";

    public static TheoryData<string, PlatformError, string> Faults => new()
    {
        { "credentials that have expired", PlatformError.AccessDenied, "does not accept our credentials (401)" },
        { "a permission that is lost", PlatformError.AccessDenied, "cannot create resource \"rolebindings\"" },
        { "throttling", PlatformError.Throttled, "slow down" },
        { "a page in place of an answer", PlatformError.Unavailable, "answered 500" },
        { "a page that says that it is fine", PlatformError.Unavailable, "could not be read" },
        { "an answer that is cut off", PlatformError.Unavailable, "Cannot create" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_stops_an_attempt_halfway_is_said_gives_nothing_else_and_is_mended_by_the_next(string what, PlatformError error, string said)
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(new("nodes", "", ResourceMatch.All, null), Verb.List));
        var plan = Target.Plan(desired).Objects;
        for (var writes = 0; writes < plan.Count; writes++)
        {
            var before = writes;
            using (Target.Proxy.Inject(FaultOf(what), request => Target.Writes(request) && before-- <= 0))
            {
                var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(desired, Target.Faulty));

                Assert.Equal(error, failure.Error);
                Assert.Contains(said, failure.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("html", failure.ToString(), StringComparison.OrdinalIgnoreCase);
            }

            Assert.All((await Target.ObserveAsync()).Objects.Where(one => one.Ownership == Ownership.Ours), one => Assert.Contains(one.Object, plan));
            await Target.ApplyAsync(desired);
            Assert.Empty(Comparison.Compare(plan, await Target.ObserveAsync()));
            await Target.ApplyAsync(Target.Desired(2));
        }
    }

    private static Fault FaultOf(string what) => what switch
    {
        "credentials that have expired" => new Fault.Answer(401, Body: """{"kind":"Status","message":"Unauthorized","code":401}""", ContentType: "application/json"),
        "a permission that is lost" => new Fault.Answer(403, Body: Denied, ContentType: "application/json"),
        "throttling" => new Fault.Answer(429),
        "a page in place of an answer" => new Fault.Answer(500, Body: "<html>token=secret</html>", ContentType: "text/html"),
        "a page that says that it is fine" => new Fault.Answer(200, Body: "<html>token=secret</html>", ContentType: "text/html"),
        _ => new Fault.CutBody(),
    };
}
