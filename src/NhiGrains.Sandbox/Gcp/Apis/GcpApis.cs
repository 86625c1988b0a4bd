using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Http;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>All that a project answers.</summary>
internal static class GcpApis
{
    public static void AddTo(Routes routes, Workings workings)
    {
        var policies = new PoliciesApi(workings);
        new ServiceAccountsApi(workings).AddTo(routes);
        new AccountKeysApi(workings).AddTo(routes);
        new CredentialsApi(workings).AddTo(routes);
        new TokenEndpoint(workings).AddTo(routes);
        new RolesApi(workings).AddTo(routes);
        new ProjectsApi(workings).AddTo(routes);
        new TroubleshooterApi(workings).AddTo(routes);
        new BucketsApi(workings, policies).AddTo(routes);
        new ObjectsApi(workings).AddTo(routes);
        new PubSubApi(workings, policies).AddTo(routes);
        new SecretsApi(workings, policies).AddTo(routes);
        new RunApi(workings, policies).AddTo(routes);

        var accounts = new AccountFinder(workings);
        policies.AddTo(
            routes,
            "v1/projects/{project}/serviceAccounts/{account}",
            (call, permission) => workings.Targets.Account(accounts.Allowed(call, permission)),
            "iam.serviceAccounts",
            "POST",
            takesConditions: true);
        policies.AddTo(
            routes,
            "v3/projects/{project}",
            (call, permission) => FindProject(workings, call, permission),
            "resourcemanager.projects",
            "POST",
            takesConditions: true);
    }

    private static Target FindProject(Workings workings, Call call, string permission)
    {
        workings.CheckProject(call, permission);
        workings.Demand(call, permission, workings.Targets.Project);
        return workings.Targets.Project;
    }
}
