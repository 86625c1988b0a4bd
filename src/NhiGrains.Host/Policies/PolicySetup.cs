using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Policies;

namespace NhiGrains.Host.Policies;

internal static class PolicySetup
{
    /// <param name="file">Null: no file; the set that was applied last stays in force.</param>
    public static IServiceCollection AddNhiPolicyFile(this IServiceCollection services, string? file)
    {
        services.AddSingleton<PolicyFileStatus>();
        services.AddSingleton<IPolicyDocuments, PolicyDocuments>();
        return file is null ? services : services.AddSingleton(new PolicyFileOptions(file)).AddHostedService<PolicyFileService>();
    }

    /// <summary><c>GET /policy/file</c>: what the policy file last came to, with every problem, for those who operate the process.</summary>
    public static IEndpointConventionBuilder MapPolicyFile(this IEndpointRouteBuilder endpoints) => endpoints
        .MapGet("/policy/file", (PolicyFileStatus status) => Results.Json(status.Current))
        .RequireAuthorization(policy => policy.RequireRole(RoleNames.Operator, RoleNames.Auditor, RoleNames.Admin));
}
