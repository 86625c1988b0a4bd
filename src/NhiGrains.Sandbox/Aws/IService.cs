using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Signing;

namespace NhiGrains.Sandbox.Aws;

/// <summary>One of the services that an account's port answers for.</summary>
internal interface IService
{
    /// <exception cref="AwsException">It is refused.</exception>
    Reply Answer(Account account, SignedRequest request, Caller caller, string requestId);

    /// <summary>In the service's own form.</summary>
    Reply Error(AwsException error, string resource, string requestId);
}
