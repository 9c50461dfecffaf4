// Run once, when the database is empty: the account of Tintype, which may use its own database only.
db.getSiblingDB("tintype").createUser({
  user: "tintype",
  pwd: require("fs").readFileSync("/run/secrets/mongodb_password", "utf8").trim(),
  roles: [{ role: "readWrite", db: "tintype" }],
});
