using NhiGrains.Sandbox.Aws.Query;

namespace NhiGrains.Sandbox.Aws.Iam;

/// <summary>Identity and Access Management, API version 2010-05-08.</summary>
internal static class IamService
{
    public static QueryService Service { get; } = new(
        "iam",
        "2010-05-08",
        "https://iam.amazonaws.com/doc/2010-05-08/",
        [
            .. EntityOperations.All,
            .. RoleOperations.All,
            .. UserOperations.All,
            .. InlinePolicyOperations.All,
            .. AttachmentOperations.All,
            .. TagOperations.All,
            .. AccessKeyOperations.All,
            .. ManagedPolicyOperations.All,
            AuthorizationDetails.Operation,
            Simulation.Operation,
        ]);
}
