using System.Net.Http.Json;
using System.Text.Json;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>What a stranger asks a cluster, past the control plane.</summary>
internal static class ClusterQuestions
{
    public static async Task CreateNamespaceAsync(this HttpClient admin, string name)
    {
        using var answer = await admin.PostAsJsonAsync(new Uri("/api/v1/namespaces", UriKind.Relative), new { metadata = new { name } }, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, answer.ToString());
    }

    /// <summary>Asks the cluster's own authorizer about the account <c>namespace/name</c>.</summary>
    public static async Task<bool> MayAsync(this HttpClient admin, string account, string verb, string resource, string name, string group = "")
    {
        var space = account.Split('/')[0];
        using var answer = await admin.PostAsJsonAsync(new Uri("/apis/authorization.k8s.io/v1/subjectaccessreviews", UriKind.Relative), new
        {
            spec = new
            {
                user = $"system:serviceaccount:{account.Replace('/', ':')}",
                groups = new[] { "system:serviceaccounts", $"system:serviceaccounts:{space}", "system:authenticated" },
                resourceAttributes = new { verb, group, resource, name, @namespace = space },
            },
        }, TestContext.Current.CancellationToken);
        var review = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return review.GetProperty("status").GetProperty("allowed").GetBoolean();
    }
}
