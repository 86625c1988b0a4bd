using NhiGrains.Sandbox.Aws.Query;
using NhiGrains.Sandbox.Aws.Signing;

namespace NhiGrains.Sandbox.Aws.Authorization;

/// <summary>The condition keys that come with a request, whatever it asks for.</summary>
internal static class Contexts
{
    public static RequestContext Of(Call call) => Of(call.Caller, call.Request, call.Now);

    public static RequestContext Of(Caller caller, SignedRequest request, DateTimeOffset now) =>
        caller.Context(now)
            .With("aws:SourceIp", request.SourceAddress)
            .With("aws:SecureTransport", request.IsSecure ? "true" : "false")
            .With("aws:UserAgent", request.Header("User-Agent"));
}
