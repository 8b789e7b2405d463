export default { schema: "schema.prisma", datasource: { url: "postgresql://nobody@localhost/none" } };
